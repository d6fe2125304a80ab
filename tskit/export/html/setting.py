"""What the page is told from outside: which run it belongs to, and whether it stays with the team."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Setting"]

_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_PLACE = "{case_id}"


@dataclass(frozen=True, slots=True)
class Setting:
    """The run's id, where a case lies in the system of record, and whether the copy may leave the team.

    `record_url` is an address with `{case_id}` in it. A copy to share carries neither ids nor links of cases.
    """

    run: str = ""
    record_url: str = ""
    is_shared: bool = False

    def link(self, case_id: str) -> str:
        """Return the address of a case in the system of record, or nothing when there is none to give.

        >>> Setting(record_url="https://desk.example/case/{case_id}").link("a/b")
        'https://desk.example/case/a%2Fb'
        """
        if self.is_shared or not case_id or not _WEB.fullmatch(self.record_url.replace(_PLACE, "")):
            return ""
        name = quote(case_id, safe="")
        return self.record_url.replace(_PLACE, name) if _PLACE in self.record_url else self.record_url + name
