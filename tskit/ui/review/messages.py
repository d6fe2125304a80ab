"""What the page may say, taken apart and checked before anything is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Go", "Judgement", "text"]

_LONGEST = 4_000
_CONFIDENCES = ("low", "medium", "high")
_KINDS = ("tag", "skip", "flag")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person judged of the case that was on their screen; `key` is the same when it is sent again."""

    key: str
    case_id: str
    kind: Literal["tag", "skip", "flag"] = "tag"
    cause: str = ""
    contributing: tuple[str, ...] = ()
    trigger: str = ""
    confidence: Literal["low", "medium", "high"] = "medium"
    note: str = field(default="", repr=False)
    evidence: str = field(default="", repr=False)

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> Judgement:
        """Return the judgement that a message holds.

        Raises:
            ParameterError: a part is missing or is not what it should be; its value is not repeated.
        """
        confidence, kind = message.get("confidence", "medium"), message.get("kind", "tag")
        if confidence not in _CONFIDENCES or kind not in _KINDS:
            raise ParameterError("The page sent a judgement of an unknown kind. Run the cell again.")
        several = message.get("contributing", [])
        if not isinstance(several, list):
            raise ParameterError("The page sent contributing causes that are no list. Run the cell again.")
        return cls(
            key=text(message, "key", needed=True),
            case_id=text(message, "case_id", needed=True),
            kind=kind,
            cause=text(message, "cause") if kind == "tag" else "",
            contributing=tuple(str(cause) for cause in cast("list[object]", several)) if kind == "tag" else (),
            trigger=text(message, "trigger") if kind == "tag" else "",
            confidence=confidence,
            note=text(message, "note"),
            evidence=text(message, "evidence"),
        )


@dataclass(frozen=True, slots=True)
class Go:
    """Where the person wants to go from the case on their screen: some steps on, a place in words, or the next of a kind."""

    case_id: str
    steps: int = 0
    find: str = field(default="", repr=False)
    to: Literal["", "open", "flagged"] = ""

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> Go:
        """Return the move that a message holds."""
        steps, to = message.get("steps", 0), message.get("to", "")
        if not isinstance(steps, int) or to not in ("", "open", "flagged"):
            raise ParameterError("The page sent a move that is none. Run the cell again.")
        return cls(text(message, "case_id"), steps, text(message, "find"), to)


def text(message: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """Return one text of a message, without blanks around it.

    Raises:
        ParameterError: it is missing though needed, no text, or longer than 4,000 characters.
    """
    value = message.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ParameterError(f"The {name.replace('_', ' ')} has to be text of at most {_LONGEST:,} characters.")
    if needed and not value.strip():
        raise ParameterError(f"The page sent no {name.replace('_', ' ')}. Run the cell again.")
    return value.strip()
