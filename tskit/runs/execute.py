"""Runs a template: papermill executes it in a kernel of this interpreter, and everything it says is kept and sealed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from tskit.errors import NoDataError, RunError
from tskit.model import Run
from tskit.runs import collect, manifest, parameters
from tskit.runs.at_work import at_work
from tskit.runs.kept import UNFINISHED
from tskit.runs.kernel import STOPPED, run_notebook, terminable
from tskit.runs.scrub import scrub_notebook
from tskit.runs.template import place_of
from tskit.runs.watch import Failure, Watch
from tskit.runs.written import write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tskit.model import RunStatus
    from tskit.runs.template import Template
    from tskit.runs.warm import WarmPlace

__all__ = ["Kernel", "Setting", "execute"]

Kernel = Literal["cold", "warm", "engine"]


def _unheard(folder: Path) -> None:
    """Take no note of a run that ended."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything about a run that is not the template: clock, places and limits.

    `casebook` is handed to the notebook as `TSKIT_CASEBOOK`. `home` is what a run writes as `~`. `choices` are the
    allowed values by parameter. `cell_seconds` stops a cell that takes longer, `run_seconds` the whole notebook, and
    `memory_mb` a kernel that takes more memory (in MiB); None lets it. `kernel` says what executes the cells: a process
    started for the run, a fork that speaks Jupyter's protocol, or a fork that only executes; `warm` is where forks come
    from, and where there are none a process of its own does the same. `id` names the run's
    folder; without it the name says when the run was started. `sealed` is told the folder of the run that ended,
    however it ended. `code` and `facts` go into the manifest, which `sign` signs.
    `environment` holds more variables for the kernel. `is_seen_underway` writes the notebook now and then while it is
    executed, so that a killed run shows how far it came.
    """

    clock: Callable[[], datetime]
    casebook: Path | None = None
    home: Path | None = None
    zone: str = ""
    choices: Mapping[str, Collection[str]] = field(default_factory=dict[str, "Collection[str]"])
    cell_seconds: int | None = None
    start_seconds: int = 60
    kernel: Kernel = "cold"
    warm: WarmPlace | None = None
    run_seconds: int | None = None
    memory_mb: int | None = None
    id: str = ""
    sealed: Callable[[Path], None] = _unheard
    code: Mapping[str, object] = field(default_factory=dict[str, object])
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    sign: Callable[[bytes], Mapping[str, str]] | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    is_seen_underway: bool = True


def _quiet(section: str, done: int, total: int) -> None:
    """Show no progress."""


def _nothing(notebook: Any, folder: Path) -> Sequence[Path]:  # noqa: ANN401, ARG001  # nbformat has no types
    """Export nothing."""
    return ()


def execute(
    template: Template,
    given: Mapping[str, object],
    *,
    root: Path,
    setting: Setting,
    progress: Callable[[str, int, int], None] = _quiet,
    after: Callable[[Any, Path], Sequence[Path]] = _nothing,
) -> Run:
    """Run `template` and return the finished run, whose folder lies in `root`.

    Args:
        template: what to run.
        given: parameters; checked before a kernel starts.
        root: the folder for runs; made when it is not there.
        setting: clock, casebook and limits.
        progress: called with the section's heading, the number of sections done, and how many there are.
        after: called with the executed notebook and the folder, to write exports before the manifest is sealed.

    Raises:
        ParameterError: a parameter is unknown, unsafe or of the wrong type; nothing was started or written.
        NoDataError: nothing falls into the scope; the folder is kept with the status no_data.
        RunError: a cell failed, the kernel died or did not start, or the run was stopped; the folder is kept with the
            notebook up to there and the status failed.
    """
    checked = parameters.check(given, template.parameters, choices=setting.choices)
    effective = {parameter.name: parameter.default for parameter in template.parameters} | checked
    started = setting.clock()
    root.mkdir(parents=True, exist_ok=True)
    folder = _asked(root, setting.id) if setting.id else _reserve(root, template, effective, started)
    keep = partial(_keep, folder=folder, template=template, home=setting.home) if setting.is_seen_underway else _unkept
    watch = Watch(progress, keep)
    name, place = folder.name.removesuffix(UNFINISHED), place_of(template.path, setting.casebook)
    account = manifest.Account(name, template, "ok", started, started, effective, tuple(checked), place=place)
    account = replace(account, code=setting.code, facts=setting.facts)
    with at_work(folder), terminable():
        try:
            failure = run_notebook(template, checked, setting=setting, watch=watch)
            account = _outcome(replace(account, kernel=watch.kernel), watch, failure, folder, home=setting.home)
            if account.status == "ok":
                after(watch.notebook, folder)
        except KeyboardInterrupt:
            account = replace(account, status="failed", failure=_LATE)
        except BaseException as error:
            # Whatever ends the run here is raised again; what there is stays, marked as failed.
            failure = Failure("", 0, type(error).__name__)
            _finish(replace(account, status="failed", failure=failure), folder, setting)
            raise
        return _raise_or_return(_finish(account, folder, setting), account)


_LATE = Failure("", 0, STOPPED, "It was stopped from outside, before its report was whole.")


def _asked(root: Path, name: str) -> Path:
    folder = root / f"{name}{UNFINISHED}"
    if not (root / name).exists():
        try:
            folder.mkdir()
        except FileExistsError:
            pass
        else:
            return folder
    raise RunError(f"{root} already holds a run called {name}; remove its folder or ask for another name.")


def _reserve(root: Path, template: Template, values: Mapping[str, object], started: datetime) -> Path:
    text = json.dumps([template.sha256, values], sort_keys=True)
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{template.name}-{sha256(text.encode()).hexdigest()[:6]}"
    for number in range(1, 1000):
        folder = root / f"{name if number == 1 else f'{name}-{number}'}{UNFINISHED}"
        if not folder.with_suffix("").exists():
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    raise RunError(f"{root} already holds a thousand runs of this second; use another folder.")


def _outcome(
    account: manifest.Account, watch: Watch, failure: Failure | None, folder: Path, *, home: Path | None
) -> manifest.Account:
    if watch.notebook is None:
        return replace(account, status="failed", failure=failure)
    watch.notebook.metadata["tskit"] = manifest.provenance(account.template)
    # Findings and reports are made of what is kept, so that they can be made of it again.
    watch.notebook = _keep(watch.notebook, folder, account.template, home=home)
    collected = collect.collect(watch.notebook)
    collect.write(collected, folder)
    status: RunStatus = "ok" if failure is None else "no_data" if failure.is_no_data else "failed"
    told = replace(account, inputs=collected.inputs, tags=collected.tags, logs=collected.logs)
    return replace(told, status=status, failure=failure)


def _unkept(notebook: Any) -> None:  # noqa: ANN401  # nbformat has no types
    """Write nothing of a notebook that is still being executed."""


def _keep(notebook: Any, folder: Path, template: Template, *, home: Path | None) -> Any:  # noqa: ANN401  # nbformat has no types
    """Write the notebook and return it as it was written; the one that is executed keeps the real paths."""
    scrub_notebook(notebook, template=template.name)
    return write(notebook, folder, home=home)


def _finish(account: manifest.Account, folder: Path, setting: Setting) -> Run:
    account = replace(account, finished=setting.clock(), zone=setting.zone)
    hashes = manifest.seal(account, folder, home=setting.home, sign=setting.sign)
    final = folder.with_name(account.id)
    _rename(folder, final)
    setting.sealed(final)
    hashes = {"template": account.template.sha256, **hashes}
    return Run(account.id, account.template.name, account.status, final, account.parameters, hashes)


def _rename(folder: Path, final: Path) -> None:
    for seconds in _PATIENCE:
        try:
            folder.rename(final)
        except PermissionError:
            time.sleep(seconds)
        else:
            return
    folder.rename(final)


_PATIENCE = (0.1, 0.5, 2.0)
"""How long to wait, in seconds, while something else looks at new files: on Windows, a virus scanner does."""


def _raise_or_return(run: Run, account: manifest.Account) -> Run:
    failure = account.failure
    if failure is None:
        return run
    if failure.is_no_data:
        raise NoDataError(f"{failure.message} The run is kept as {run.folder}.")
    where = f" in the section {failure.section!r}, code cell {failure.cell}" if failure.cell else ""
    place = f" in {failure.places[-1]}" if failure.places[1:] else ""
    cause = failure.message or f"{failure.kind}{place}; its text is not shown, since it could quote a case."
    error = RunError(f"The run stopped{where}: {_sentence(cause)} The notebook up to there is in {run.folder}.")
    for place in failure.places:
        error.add_note(place)
    raise error


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
