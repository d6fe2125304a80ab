"""Templates: where they are, what they take, and the notebook that is built from their text."""

from __future__ import annotations

import copy
import json
import re
import sysconfig
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError, RunError
from tskit.runs.parameters import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.runs.parameters import Parameter

__all__ = ["KERNELSPEC", "Template", "adopt", "build", "find", "folders", "is_name", "place_of", "stale", "templates"]

KERNELSPEC: Mapping[str, str] = {"display_name": "Python 3", "language": "python", "name": "python3"}
_KEPT_METADATA = ("tags", "jupyter", "slideshow")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_INJECTED = "injected-parameters"


@dataclass(frozen=True, slots=True)
class Template:
    """A write-up that can be run: its name, its file, and the notebook that its text builds."""

    name: str
    path: Path
    notebook: str = field(repr=False)
    title: str = ""
    summary: str = ""
    parameters: tuple[Parameter, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the built notebook, the same whether the text or the notebook was found."""
        return sha256(self.notebook.encode()).hexdigest()

    @classmethod
    def from_file(cls, path: Path) -> Template:
        """Return the template in a py:percent file or a notebook.

        Raises:
            ParameterError: there is no such file, or it is not a template.
        """
        notebook = build(_text(path)) if path.suffix == ".py" else _stripped(_text(path), path.name)
        return cls._from_built(notebook, path)

    @classmethod
    def from_executed(cls, notebook: Any, path: Path) -> Template:  # noqa: ANN401  # nbformat has no types
        """Return the template that an executed notebook was built from, by its own cells; `path` names it.

        Raises:
            ParameterError: its parameters cell is none of a template.
            RunError: its cells make no valid notebook.
        """
        bare = copy.deepcopy(notebook)
        bare.cells = [cell for cell in bare.cells if _INJECTED not in cell.metadata.get("tags", [])]
        for cell in bare.cells:
            if not cell.metadata.get("tags", True):
                del cell.metadata["tags"]  # papermill gives every cell an empty list of them
        return cls._from_built(_written(bare), path)

    @classmethod
    def _from_built(cls, notebook: str, path: Path) -> Template:
        cells = _parse(notebook).cells
        tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
        if len(tagged) > 1:
            raise ParameterError(f"{path.name} has {len(tagged)} cells tagged parameters; keep one.")
        declared = read(tagged[0].source) if tagged else ()
        title, summary = _opening(next((c.source for c in cells if c.cell_type == "markdown"), ""))
        return cls(path.stem, path, notebook, title or path.stem, summary, declared)


def folders(casebook: Path | None) -> tuple[Path, ...]:
    """Return the folders that may hold templates, the nearest first: the casebook's, a clone's, the installed ones."""
    clone = Path(__file__).parents[2]
    places = [casebook / "templates"] if casebook else []
    if (clone / "pyproject.toml").is_file():
        places.append(clone / "templates")
    # Debian's own interpreter and `pip install --user` have a data folder that is not below sys.prefix.
    roots = [sysconfig.get_path("data"), sysconfig.get_path("data", sysconfig.get_preferred_scheme("user"))]
    places += [Path(root) / "share" / "jupyter" / "notebook_templates" / "tskit" for root in dict.fromkeys(roots)]
    return tuple(place for place in places if place.is_dir())


def place_of(path: Path, casebook: Path | None) -> str:
    """Return in which kind of folder a template lies: casebook, clone or installed; "file" is somewhere else."""
    folder = path.parent.resolve()
    if casebook and folder == (casebook / "templates").resolve():
        return "casebook"
    if folder == (Path(__file__).parents[2] / "templates").resolve():
        return "clone"
    return "installed" if folder in {place.resolve() for place in folders(casebook)} else "file"


def templates(places: Sequence[Path]) -> dict[str, Path]:
    """Return the file of each template by its name; where two have one name, the first folder's and the text wins."""
    found: dict[str, Path] = {}
    for place in places:
        for suffix in (".py", ".ipynb"):
            for path in sorted(place.glob(f"*{suffix}")):
                if is_name(path.stem):
                    found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def is_name(name: str) -> bool:
    """Return whether a template may be called so: small letters, digits and underscores."""
    return bool(_NAME.fullmatch(name))


def find(name: str, places: Sequence[Path]) -> Template:
    """Return the template of that name, or in that file.

    Raises:
        ParameterError: there is none; the message names the nearest.
    """
    path = Path(name)
    if path.suffix in (".py", ".ipynb"):
        if not path.is_file():
            raise ParameterError(f"There is no file {name}. `tskit template list` shows the templates.")
        return Template.from_file(path)
    known = templates(places)
    if name not in known:
        raise ParameterError.unknown(name, known, what="template")
    return Template.from_file(known[name])


def build(source: str) -> str:
    """Return the notebook for the py:percent text `source`; the same text always gives the same bytes.

    Cell ids are hashed from a cell's first line, so that an edit changes the lines that it touches and no others.
    """
    import jupytext  # noqa: PLC0415  # half a second that only building costs

    notebook: Any = jupytext.reads(source, fmt="py:percent")
    return _written(notebook)


def adopt(notebook: str) -> str:
    """Return the py:percent text of a notebook that was edited in Jupyter; its outputs are dropped."""
    import jupytext  # noqa: PLC0415  # half a second that only building costs

    parsed = _parse(notebook)
    parsed.metadata = {"kernelspec": dict(KERNELSPEC)}
    for cell in parsed.cells:
        cell.metadata = {key: cell.metadata[key] for key in _KEPT_METADATA if key in cell.metadata}
    parsed.cells = [cell for cell in parsed.cells if _INJECTED not in cell.metadata.get("tags", [])]
    text: str = jupytext.writes(parsed, fmt="py:percent", config=None)
    return _HEADER.sub("", text, count=1)


_HEADER = re.compile(r"\A# ---\n.*?# ---\n+", re.DOTALL)


def stale(folder: Path) -> tuple[Path, ...]:
    """Return the notebooks in `folder` that are missing or are not what their text builds."""
    pairs = [(path.with_suffix(".ipynb"), build(_text(path))) for path in sorted(folder.glob("*.py"))]
    return tuple(built for built, text in pairs if not built.is_file() or built.read_text(encoding="utf-8") != text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ParameterError(f"{path.name} cannot be read as UTF-8 text.") from None


def _parse(notebook: str) -> Any:  # noqa: ANN401  # nbformat has no types
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that listing does not need

    # nbformat takes much for an old notebook and stumbles over it later; ours are version 4.
    try:
        raw = json.loads(notebook)
        if raw["nbformat"] == 4 and isinstance(raw["cells"], list):
            return nbformat.reads(notebook, as_version=4)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise ParameterError("The file is not a notebook of version 4; save it again in JupyterLab.")


def _stripped(notebook: str, name: str) -> str:
    try:
        return _written(_parse(notebook))
    except ParameterError:
        raise ParameterError(f"{name} is not a notebook of version 4; save it again in JupyterLab.") from None


def _written(notebook: Any) -> str:  # noqa: ANN401  # nbformat has no types
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that listing does not need

    seen: dict[str, int] = {}
    for cell in notebook.cells:
        stem = sha256(cell.source.partition("\n")[0].encode()).hexdigest()[:8]
        seen[stem] = seen.get(stem, 0) + 1
        cell.id = stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"
        cell.metadata = {key: cell.metadata[key] for key in _KEPT_METADATA if key in cell.metadata}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = {"kernelspec": dict(KERNELSPEC)}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    try:
        return nbformat.writes(notebook) + "\n"
    except nbformat.ValidationError:
        raise RunError("The template does not build into a valid notebook; look for a broken cell marker.") from None


def _opening(source: str) -> tuple[str, str]:
    lines = [line.strip() for line in source.strip().splitlines()]
    title = lines[0].lstrip("# ").strip() if lines and lines[0].startswith("#") else ""
    rest = "\n".join(lines[1:] if title else lines).strip()
    return title, " ".join(rest.split("\n\n")[0].split())
