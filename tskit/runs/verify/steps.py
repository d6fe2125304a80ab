"""Verifies a run step by step, from its seal to a fresh run that is held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.runs.verify.again import check_again
from tskit.runs.verify.cells import check_template, template_of, why_not_run
from tskit.runs.verify.ground import changed_since, check_inputs, check_made_with, check_records, is_same_code
from tskit.runs.verify.pages import NOTEBOOK, check_pages
from tskit.runs.verify.sealed import check_files, check_signature
from tskit.runs.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tskit.runs.verify.means import Means
    from tskit.runs.verify.sealed import Sealed

__all__ = ["verify"]

_LARGEST = 512 * 1024 * 1024
"""Bytes: no notebook of a run comes near, and a larger one would only fill the memory."""


def verify(run: Sealed, *, means: Means, told: Callable[[Check], None]) -> Verdict:
    """Return the verdict on a run; `told` hears of each check as it is done. Nothing is written into the run's folder.

    A run that failed, or found no data, has no report that could hold: of it the seal alone is looked at. The fresh run
    executes the notebook's own cells, so it is made only where a template that is here has them, where a key signed them
    whose owner may run code here, or where the user says so.
    """
    checks: list[Check] = []
    for check in _checks(run, means):
        told(check)
        checks.append(check)
    return Verdict(run.id, tuple(checks))


def _checks(run: Sealed, means: Means) -> Iterator[Check]:
    yield check_files(run)
    signature = check_signature(run, keys=means.keys)
    yield signature
    if run.status != "ok":
        yield Check(
            "status", is_good=True, said=f"the run ended as {run.status}; of such a run only the seal is looked at."
        )
        return
    notebook = _notebook(run)
    if notebook is None:
        yield Check("pages", is_good=False, said=f"{NOTEBOOK} cannot be read, and nothing else can be looked at.")
        return
    same = is_same_code(run, means.setting)
    yield check_pages(run, notebook, export=means.export, scratch=means.scratch / "pages", is_same_code=same)
    template = template_of(run, notebook)
    yield check_template(run, template, find=means.find)
    inputs = check_inputs(run, look=means.look)
    yield inputs
    changed = changed_since(run, means.setting)
    with means.records(run.places) as records:
        logs = check_records(records)
        yield logs
        yield check_made_with(changed)
        reason = why_not_run(run, template, means=means, is_signature_good=signature.is_good)
        if template is None or reason:
            yield Check("fresh run", is_good=False, said=f"not done, since {reason}.")
            return
        suspects = [check.said.rstrip(".") for check in (inputs, logs) if not check.is_good] + list(changed)
        environment = records.environment
        yield check_again(notebook, template, means=means, environment=environment, suspects=suspects)


def _notebook(run: Sealed) -> Any:  # noqa: ANN401  # nbformat has no types
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that most verbs do not need

    path = run.folder / NOTEBOOK
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return None
