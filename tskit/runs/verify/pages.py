"""Whether the pages and data of a run follow from its notebook: they are written once more, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.runs.collect import collect, write
from tskit.runs.manifest import digests
from tskit.runs.verify.pair import Pair
from tskit.runs.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tskit.runs.verify.sealed import Sealed

__all__ = ["NOTEBOOK", "check_pages"]

NOTEBOOK = "notebook.ipynb"
_NAME = "pages"
_DRAWN = (".pdf",)
"""What a browser draws: it puts in the moment of its making, and no two browsers draw alike."""
_SHOWN = 3


def check_pages(
    run: Sealed,
    notebook: Any,  # noqa: ANN401  # nbformat has no types
    *,
    export: Callable[[Any, Path], Sequence[Path]],
    scratch: Path,
    is_same_code: bool,
) -> Check:
    """Return whether findings, data and reports are what the sealed notebook gives, byte for byte.

    Where tskit or its packages are other ones today, a page may be drawn differently; then what it says counts.

    Args:
        run: the run.
        notebook: as the run's folder holds it.
        export: what writes a run's reports into a folder, which is called as the run is.
        scratch: an empty folder to write into.
        is_same_code: whether the code and the packages are those that made the run.
    """
    folder = scratch / run.id
    folder.mkdir(parents=True)
    write(collect(notebook), folder)
    export(notebook, folder)
    made, there = digests(folder), digests(run.folder)
    drawn = [name for name in there if name.endswith(_DRAWN)]
    pairs = [
        Pair(name, folder / name, run.folder / name) for name in {**made, **there} if name not in (*drawn, NOTEBOOK)
    ]
    other = [pair for pair in pairs if made.get(pair.name) != there.get(pair.name)]
    edited = [pair for pair in other if is_same_code or pair.says_another_thing()]
    if edited:
        return Check(_NAME, is_good=False, said="; ".join(_told(edited, is_same_code=is_same_code)))
    told = [f"{len(pairs)} files follow from the notebook"]
    if other:
        told.append(f"{len(other)} of them are drawn in another way by today's tskit, and say the same")
    if drawn:
        told.append(f"{', '.join(drawn)}: the seal alone vouches for it, since no two browsers draw alike")
    return Check(_NAME, is_good=True, said=f"{'; '.join(told)}.")


def _told(edited: Sequence[Pair], *, is_same_code: bool) -> Iterator[str]:
    yield from (pair.in_words() for pair in edited[:_SHOWN])
    if edited[_SHOWN:]:
        yield f"and {len(edited) - _SHOWN} more"
    if not is_same_code:
        yield "tskit or its packages are other ones than those that made the run, which may be the reason"
