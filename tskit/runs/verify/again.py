"""Whether a fresh run says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.errors import NoDataError, RunError, TskitError
from tskit.runs.collect import collect
from tskit.runs.differing import first_difference
from tskit.runs.execute import execute
from tskit.runs.home import names_of, without_home
from tskit.runs.kept import mapped, plain, read_json
from tskit.runs.manifest import FILE
from tskit.runs.normalise import normalise
from tskit.runs.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.runs.template import Template
    from tskit.runs.verify.means import Means

__all__ = ["check_again"]

_NAME = "fresh run"


def check_again(
    notebook: Any,  # noqa: ANN401  # nbformat has no types
    template: Template,
    *,
    means: Means,
    environment: Mapping[str, str],
    suspects: Sequence[str],
) -> Check:
    """Run the template once more, and return whether it says what the sealed notebook says.

    Args:
        notebook: the sealed one.
        template: as its cells build it.
        means: how it is run here.
        environment: what the kernel needs so that it reads the logs as they were.
        suspects: what is another today, named as the likely cause where the two differ.
    """
    setting = replace(means.setting, environment={**means.setting.environment, **environment})
    try:
        done = execute(template, means.given, root=means.scratch / "again", setting=setting, progress=means.progress)
    except (NoDataError, RunError):
        return Check(_NAME, is_good=False, said=f"{_stopped(means.scratch / 'again')}{_likely(suspects)}")
    except TskitError as error:
        return Check(_NAME, is_good=False, said=f"it could not be started: {error}{_likely(suspects)}")
    fresh = _read(done.folder)
    found = first_difference(*(_said(one, where) for one, where in zip((notebook, fresh), _places(means), strict=True)))
    if found:
        return Check(
            _NAME, is_good=False, said=f"it says something else, first in {found.in_words()}.{_likely(suspects)}"
        )
    kernel = plain(read_json(done.folder / FILE).get("kernel"))
    said = collect(fresh)
    told = f"{len(said.findings['findings'])} findings, {len(said.tables)} charts and tables"
    return Check(_NAME, is_good=True, said=f"the same in every cell ({told}; kernel: {kernel}).")


def _places(means: Means) -> tuple[list[str], list[str]]:
    homes = names_of(means.setting.home)
    then = [place for place, _ in means.places]
    return then, [without_home(place, homes) for _, place in means.places]


def _said(notebook: Any, places: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401  # nbformat has no types
    # The parameters are the run's by making; where paths lie may differ.
    return {**normalise(notebook, places=places), "parameters": {}}


def _read(folder: Path) -> Any:  # noqa: ANN401  # nbformat has no types
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that most verbs do not need

    return nbformat.read(folder / "notebook.ipynb", as_version=4)


def _stopped(root: Path) -> str:
    failures = [mapped(read_json(path).get("failure")) for path in root.glob(f"*/{FILE}")]
    failure = next(iter(failures), {})
    where = f" in the section {plain(failure.get('section'))!r}, code cell {failure.get('cell')}"
    return f"it stopped{where if failure.get('cell') else ''} ({plain(failure.get('kind')) or 'unknown'})."


def _likely(suspects: Sequence[str]) -> str:
    return f" Likely since {'; '.join(suspects[:3])}." if suspects else ""
