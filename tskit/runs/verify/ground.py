"""What a run stood on, held against today: its inputs, the logs that it read, and the code and settings that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import TskitError
from tskit.runs.installed import packages
from tskit.runs.kept import listed, mapped, plain
from tskit.runs.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tskit.runs.execute import Setting
    from tskit.runs.verify.means import LogNow, Records
    from tskit.runs.verify.sealed import Sealed

__all__ = ["changed_since", "check_inputs", "check_made_with", "check_records", "is_same_code"]

_SHOWN = 6
_SHORT = 12


def check_inputs(run: Sealed, *, look: Callable[[str], Sequence[tuple[str, str]]]) -> Check:
    """Return whether the files that were read are the same today; a file is known by its content, not by where it lies."""
    troubles: list[str] = []
    count = 0
    for given in run.inputs:
        files = {plain(one.get("name")): plain(one.get("sha256")) for one in map(mapped, listed(given.get("inputs")))}
        count += len(files)
        try:
            today = dict(look(plain(given.get("source"))))
        except TskitError as error:
            troubles.append(f"{', '.join(files)}: {error}")
            continue
        if sorted(files.values()) != sorted(today.values()):
            troubles += _differing(files, today)
    if troubles:
        return Check("inputs", is_good=False, said=f"{'; '.join(troubles).removesuffix('.')}.")
    if not count:
        return Check("inputs", is_good=True, said="the run read no file.")
    return Check("inputs", is_good=True, said=f"{count} {'file is' if count == 1 else 'files are'} the same today.")


def _differing(files: Mapping[str, str], today: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{name} was changed since the run" for name in files if name in today and today[name] != files[name])
    yield from (f"{name} is missing" for name in files if name not in today)
    yield from (f"{plain(name)} was added to the source since the run" for name in today if name not in files)


def check_records(records: Records) -> Check:
    """Return whether the logs still begin with the entries that were read, and how many were added since."""
    troubles = [f"{log.log}: {log.trouble}" for log in records.logs if log.trouble]
    if troubles:
        return Check("records", is_good=False, said=" ".join(troubles))
    if not records.logs:
        return Check("records", is_good=True, said="the run read no log of records.")
    return Check("records", is_good=True, said=f"{'; '.join(map(_log, records.logs))}.")


def _log(now: LogNow) -> str:
    told = f"{now.log}: {now.entries:,} {'entry as it was' if now.entries == 1 else 'entries as they were'}"
    return f"{told}, {now.added:,} added since; repeated as of entry {now.entries:,}" if now.added else told


def is_same_code(run: Sealed, setting: Setting) -> bool:
    """Return whether tskit and its packages are those that made the run, as far as its manifest tells."""
    then, now = (mapped(code).get("digest") for code in (run.manifest.get("code"), dict(setting.code)))
    return then is not None and then == now and not any(_packages(run)) and run.manifest.get("python") == _python()


def changed_since(run: Sealed, setting: Setting) -> tuple[str, ...]:
    """Return what is another today than the manifest says: code, packages, Python, settings and machine."""
    return (*_code(run, setting), *_packages(run), *_settings(run, setting))


def check_made_with(changed: Sequence[str]) -> Check:
    """Return what is another today, as context: none of it is a fault by itself."""
    if not changed:
        return Check("made with", is_good=True, said="the same code, packages and settings as today.")
    more = f"; and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return Check("made with", is_good=True, said=f"since then {'; '.join(changed[:_SHOWN])}{more}.")


def _code(run: Sealed, setting: Setting) -> Iterator[str]:
    then, now = mapped(run.manifest.get("code")), mapped(dict(setting.code))
    if not then:
        yield "the manifest, of an older tskit, does not say which code made it"
    elif then.get("digest") != now.get("digest"):
        yield f"tskit's code changed ({_state(then)}, now {_state(now)})"


def _state(code: Mapping[str, object]) -> str:
    commit = plain(code.get("commit"))[:_SHORT]
    dirty = " with changes" if code.get("is_dirty") else ""
    return f"{plain(code.get('version'))}{f' at {commit}' if commit else ''}{dirty}"


def _packages(run: Sealed) -> Iterator[str]:
    then, now = mapped(run.manifest.get("packages")), packages()
    if then and run.manifest.get("python") != _python():
        yield f"Python is {_python()}, was {plain(run.manifest.get('python'))}"
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield f"{plain(name)} is {now.get(name, 'not installed')}, was {plain(then.get(name)) or 'not installed'}"


def _python() -> str:
    import platform  # noqa: PLC0415  # for who verifies

    return platform.python_version()


def _settings(run: Sealed, setting: Setting) -> Iterator[str]:
    for part, what in (("settings", "changed"), ("machine", "is another one")):
        if part not in run.manifest:
            continue
        then, now = mapped(run.manifest.get(part)), mapped(setting.facts.get(part))
        yield from (f"{plain(name)} {what}" for name in sorted({*then, *now}) if then.get(name) != now.get(name))
