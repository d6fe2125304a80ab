"""Segments in words: where a number comes from, as an analyst would say it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["country", "language", "within"]

_COUNTRIES = """
    AU Australia; BD Bangladesh; BN Brunei; CN China; HK Hong Kong; ID Indonesia; IN India; JP Japan; KH Cambodia
    KR South Korea; LA Laos; LK Sri Lanka; MM Myanmar; MN Mongolia; MY Malaysia; NP Nepal; NZ New Zealand
    PH the Philippines; PK Pakistan; SG Singapore; TH Thailand; TW Taiwan; VN Vietnam; US the United States
    GB the United Kingdom; CA Canada; DE Germany; FR France; IE Ireland; NL the Netherlands; SE Sweden; BR Brazil
    MX Mexico; ES Spain; IT Italy; PL Poland
"""
_LANGUAGES = """
    en English; ms Malay; id Indonesian; th Thai; vi Vietnamese; tl Tagalog; fil Filipino; zh Chinese; ja Japanese
    ko Korean; ta Tamil; hi Hindi
"""
_KINDS = ("policy_id", "abuse_type_reported", "dsa_category", "record_type")
_PHRASES: Mapping[str, str] = {
    "queue": "in the {} queue",
    "decided_queue": "decided in the {} queue",
    "vendor": "at {}",
    "decided_vendor": "decided at {}",
    "severity": "of severity {}",
    "channel": "through the channel {}",
    "source_type": "raised by {}",
    "tier": "at tier {}",
    "entity_type": "about the item type {}",
    "priority": "of priority {}",
    "decision": "with the decision {}",
}


def country(code: str) -> str:
    """Return the name of a market as it stands in a sentence; a code that we have no name for stays as it is.

    >>> country("PH"), country("XK")
    ('the Philippines', 'XK')
    """
    return _named(_COUNTRIES).get(code, code)


def language(code: str) -> str:
    """Return the name of a language as it stands in a sentence; a code that we have no name for stays as it is.

    >>> language("ms"), language("tlh")
    ('Malay', 'tlh')
    """
    return _named(_LANGUAGES).get(code.casefold(), code)


def within(subject: str, segment: Mapping[str, str]) -> str:
    """Return the subject with its segment in words; kinds of case stand before it, places and people behind.

    >>> within("cases", {"market": "ID", "policy_id": "scam"})
    'scam cases in Indonesia'
    """
    kinds = [_words(value) for column, value in segment.items() if column in _KINDS]
    behind = [_behind(column, value) for column, value in segment.items() if column not in _KINDS]
    return " ".join([*kinds, subject, *behind])


def _behind(column: str, value: str) -> str:
    if column == "market":
        return f"in {country(value)}"
    if column == "content_language":
        return f"in {language(value)}"
    named = value if column in {"vendor", "decided_vendor", "queue", "decided_queue"} else _words(value)
    if column in {"queue", "decided_queue"}:
        named = named.removesuffix(" queue").removesuffix(" Queue")
    phrase = _PHRASES.get(column, f"with {column.replace('_', ' ')} {{}}")
    return phrase.replace("{}", named)


def _words(value: str) -> str:
    return value.replace("_", " ").strip()


@cache
def _named(text: str) -> Mapping[str, str]:
    pairs = [pair.strip().partition(" ") for line in text.splitlines() for pair in line.split(";")]
    return {code: name for code, _, name in pairs if code}
