"""Patterns that people write, held against text in time that grows with the text and no faster: RE2, as Arrow brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError
from tskit.text.normal import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check_pattern", "matching"]

_MOST_CHARACTERS = 500


def matching(pattern: str, texts: Sequence[str]) -> list[bool]:
    """Return for each text, normalised, whether the pattern occurs in it; case makes no difference.

    Raises:
        ParameterError: it is no pattern of RE2.

    >>> matching("double your (money|coins)", ["He will DOUBLE  your coins", "nothing"])
    [True, False]
    """
    import pyarrow as pa  # noqa: PLC0415  # slow to import, and most text is met without a pattern

    spelled = pa.array([normalise(text) for text in texts], type=pa.string())
    try:
        return _engine().match_substring_regex(spelled, pattern, ignore_case=True).to_pylist()
    except pa.ArrowInvalid:
        raise ParameterError(
            "This is no pattern of RE2, which has neither look-around nor references to groups, so that none runs for ever."
        ) from None


def check_pattern(pattern: str) -> None:
    """Refuse what is no pattern of RE2, is longer than 500 characters, or fits every text.

    Raises:
        ParameterError: says which of these it is.
    """
    if len(pattern) > _MOST_CHARACTERS:
        raise ParameterError(f"A pattern has at most {_MOST_CHARACTERS} characters. Make two of it.")
    if matching(pattern, [""]) == [True]:
        raise ParameterError("The pattern fits an empty text, and so every case. Ask for at least one letter.")


def _engine() -> Any:  # noqa: ANN401  # makes its functions as it is loaded, which no type checker sees
    import pyarrow.compute as pc  # noqa: PLC0415  # as above

    return pc
