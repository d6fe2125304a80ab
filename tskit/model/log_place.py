"""How far a log was read, for whoever wants to read the same again."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LOGS_MIME", "LogPlace"]

LOGS_MIME = "application/vnd.tskit.logs+json"
"""What a write-up says of the logs that it read: how far each was read, nothing of what it says."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """How far a log was read: the number of its entries, and the digest of the last, which vouches for all of them."""

    log: str
    entries: int
    digest: str = ""

    def as_json(self) -> dict[str, object]:
        """Return what a manifest keeps."""
        return {"log": self.log, "entries": self.entries, "digest": self.digest}

    def in_words(self) -> str:
        """Return the place as a write-up tells it.

        >>> LogPlace("tags", 1412, "3fa85b6c0de41279").in_words()
        '1,412 entries of tags, the last 3fa85b6c0de4'
        """
        if not self.entries:
            return f"no entry of {self.log}"
        number = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        return f"{number} of {self.log}, the last {self.digest[:12]}"
