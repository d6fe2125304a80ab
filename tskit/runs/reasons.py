"""What lies under two runs and is not the same: data, parameters, code, template, settings, logs and surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tskit.runs.covered import in_words, is_of_days
from tskit.runs.kept import listed, mapped, number, plain, utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.runs.kept import Kept

__all__ = ["LABELS", "Reason", "ReasonKind", "reasons"]

ReasonKind = Literal["template", "parameters", "period", "data", "records", "code", "settings", "surroundings"]

LABELS: Mapping[ReasonKind, str] = {
    "template": "the template",
    "parameters": "the parameters",
    "period": "the period",
    "data": "the data",
    "records": "the logs",
    "code": "the code",
    "settings": "the settings",
    "surroundings": "packages or machine",
}
"""What each kind of reason is called in a sentence."""
_MOST_PACKAGES = 5
_SETTINGS = {"casebook.toml": "casebook.toml (targets, deadlines, clocks, labels)", "taxonomy.toml": "the taxonomy"}
_AROUND = {"python": "Python", "platform": "system", "kernel": "kernel"}
_MACHINE = ("locale", "zone", "cores")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is another in the later run, in words that name no case."""

    kind: ReasonKind
    said: str


def reasons(before: Kept, after: Kept) -> tuple[Reason, ...]:
    """Return everything on record that differs between two runs, what weighs most first; nothing for the same run."""
    found = [
        *(Reason("template", said) for said in _template(before, after)),
        *(Reason("parameters", said) for said in _parameters(before, after)),
        *(Reason("period", said) for said in _period(before, after)),
        *(Reason("data", said) for said in _data(before, after)),
        *(Reason("records", said) for said in _records(before, after)),
        *(Reason("code", said) for said in _code(before, after)),
        *(Reason("settings", said) for said in _settings(before, after)),
        *(Reason("surroundings", said) for said in _surroundings(before, after)),
    ]
    return tuple(found)


def _template(before: Kept, after: Kept) -> Iterator[str]:
    if before.template != after.template:
        yield f"{before.template or 'no known template'} became {after.template or 'no known template'}"
        return
    one, other = (plain(mapped(run.manifest.get("template")).get("sha256")) for run in (before, after))
    if one != other:
        yield f"the text of {after.template} is another"


def _parameters(before: Kept, after: Kept) -> Iterator[str]:
    if before.template != after.template:
        return  # each takes its own
    old, new = (mapped(run.manifest.get("parameters")) for run in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if is_of_days(name) or old.get(name) == new.get(name):
            continue
        was, now = (in_words(name, one[name]) if name in one else "not there" for one in (old, new))
        yield f"{plain(name)}: {was} became {now}" if was != now else f"{plain(name)}: another value, not shown"


def _period(before: Kept, after: Kept) -> Iterator[str]:
    for one, other in _beside(before, after):
        was, now = (f"{plain(given.get('start'))} to {plain(given.get('last_day'))}" for given in (one, other))
        if was != now:
            yield f"{was} became {now}"
            return


def _data(before: Kept, after: Kept) -> Iterator[str]:
    if len(before.inputs) != len(after.inputs) and before.inputs and after.inputs:
        yield f"{len(before.inputs)} case sets were read, and now {len(after.inputs)}"
    for one, other in _beside(before, after):
        yield from _files(_by_name(one), _by_name(other))
        was, now = (utc(given.get("as_of")) for given in (one, other))
        if was != now:
            yield f"the data reached {was or 'an unknown moment'} and reaches {now or 'an unknown moment'}"


def _files(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name in dict.fromkeys([*old, *new]):
        if name not in new or name not in old:
            yield f"{name} {'is read now' if name in new else 'is not read any more'}"
        elif old[name].get("sha256") != new[name].get("sha256"):
            yield f"{name} is another file: {_rows(number(old[name].get('rows')), number(new[name].get('rows')))}"


def _rows(was: float | None, now: float | None) -> str:
    if was is None or now is None:
        return "nobody counted its rows"
    if was == now:
        return f"{now:,.0f} rows as before, not the same ones"
    return f"{was:,.0f} rows became {now:,.0f} ({now - was:+,.0f})"


def _records(before: Kept, after: Kept) -> Iterator[str]:
    old, new = _places(before), _places(after)
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if was is None or now is None:
            yield f"{name} {'are read now' if was is None else 'are not read any more'}"
        elif was[0] == now[0]:
            yield f"{name}: {now[0]} entries as before, but not the same ones: the log was written anew"
        else:
            yield f"{name}: {was[0]} entries became {now[0]}"


def _places(run: Kept) -> dict[str, tuple[str, str]]:
    """Return how far each log was read, and the digest of the place, by the log's name."""
    return {
        plain(one.get("log")) or "tags": (_counted(one.get("entries")), plain(one.get("digest"))) for one in run.places
    }


def _counted(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "?"


def _code(before: Kept, after: Kept) -> Iterator[str]:
    was, now = (plain(run.manifest.get("tskit")) for run in (before, after))
    if was != now:
        yield f"tskit {was or '?'} became {now or '?'}"
        return
    old, new = (mapped(run.manifest.get("code")) for run in (before, after))
    if bool(old) != bool(new):
        yield f"tskit {now} as before; whether its code is the same is not on record for the {'earlier' if new else 'later'} run"
    elif old.get("digest") != new.get("digest"):
        dirty = ", with changes that were not committed" if new.get("is_dirty") is True else ""
        yield f"tskit {now} as before, but its code is another{dirty}"


def _settings(before: Kept, after: Kept) -> Iterator[str]:
    one, other = (
        plain(next((place["taxonomy"] for place in run.places if "taxonomy" in place), "")) for run in (before, after)
    )
    if one and other and one != other:
        yield f"the taxonomy {one} became {other}"
    old, new = (mapped(run.manifest.get("settings")) for run in (before, after))
    if not before.manifest.get("settings") or not after.manifest.get("settings"):
        return  # older manifests do not tell
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            what = "is new" if name not in old else "is gone" if name not in new else "is another"
            yield f"{_SETTINGS.get(name, plain(name))} {what}"


def _surroundings(before: Kept, after: Kept) -> Iterator[str]:
    for name, said in _AROUND.items():
        was, now = (plain(run.manifest.get(name)) for run in (before, after))
        if was and now and was != now:
            yield f"{said}: {was} became {now}"
    old, new = (mapped(run.manifest.get("machine")) for run in (before, after))
    yield from (f"{name}: {old[name]} became {new[name]}" for name in _MACHINE if _differ(old, new, name))
    old, new = (mapped(run.manifest.get("packages")) for run in (before, after))
    changed = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    told = [
        f"{plain(name)} {plain(old.get(name)) or 'none'} became {plain(new.get(name)) or 'none'}"
        for name in changed[:_MOST_PACKAGES]
    ]
    more = f" and {len(changed) - _MOST_PACKAGES} more" if len(changed) > _MOST_PACKAGES else ""
    if told:
        yield f"packages: {', '.join(told)}{more}"


def _differ(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    return name in old and name in new and old[name] != new[name]


def _beside(before: Kept, after: Kept) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return zip(before.inputs, after.inputs, strict=False)


def _by_name(given: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    files = [mapped(one) for one in listed(given.get("inputs"))]
    return {plain(one.get("name")): one for one in files}
