"""The files that JupyterLab shows of a casebook, and how it saves them: no checkpoint, and no output that quotes a case."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.checkpoints import AsyncCheckpoints
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

from tskit.cli.lab_saved import kept
from tskit.cli.notebooks import NOTEBOOKS

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["CasebookFiles", "NoCheckpoints", "ServedFiles", "is_sealed", "is_shown"]

_SEALED = "runs"
_ROOMS = frozenset({NOTEBOOKS, _SEALED, "templates", "profiles", "queries"})
_PAGES = frozenset({"casebook.toml", "rules.toml", "snippets.txt", "taxonomy.toml"})
_NO_CHECKPOINT = {"id": "none", "last_modified": "1970-01-01T00:00:00Z"}


def is_shown(path: str) -> bool:
    """Return whether JupyterLab may list, read and serve a path of the casebook.

    Notebooks, runs, templates, profiles, queries and the settings are; data, caches, tags and logs are not, nor is
    anything hidden.

    >>> is_shown("notebooks/a.ipynb"), is_shown("rules.toml"), is_shown("data/cases.parquet"), is_shown("runs/.x")
    (True, True, False, False)
    """
    parts = PurePosixPath(path.replace("\\", "/").strip("/")).parts
    if any(part.startswith(".") for part in parts):
        return False
    return not parts or parts[0] in _ROOMS or path.strip("/") in _PAGES


def is_sealed(path: str) -> bool:
    """Return whether a path may be read and not changed: a run is sealed by its manifest, and rooms stay where they are."""
    return _is_run(path) or path.strip("/") in {"", *_ROOMS}


class NoCheckpoints(AsyncCheckpoints):
    """Keep no second copy of a notebook: an older state would hold what was taken out since."""

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> dict[str, str]:  # noqa: ANN401, ARG002  # Jupyter's signature
        """Return an account of a checkpoint that is nowhere, since JupyterLab asks for one at each save."""
        return dict(_NO_CHECKPOINT)

    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: str, path: str) -> NoReturn:  # noqa: ANN401, ARG002  # as above
        """Refuse."""
        raise HTTPError(404, "No checkpoint is kept.")

    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None:
        """Rename nothing."""

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Delete nothing."""

    async def list_checkpoints(self, path: str) -> list[dict[str, str]]:  # noqa: ARG002  # as above
        """Return none."""
        return []


class ServedFiles(AuthenticatedFileHandler):
    """Serve files of the casebook's rooms; a report runs in an origin of its own, and its links may open a new tab."""

    @property
    def content_security_policy(self) -> str:
        """Return Jupyter's own policy with leave to open the system of record, which knows nothing of this page."""
        return f"{super().content_security_policy} allow-popups allow-popups-to-escape-sandbox"

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        """Return the path; what is not shown does not exist."""
        path = super().validate_absolute_path(root, absolute_path)
        if not is_shown(_below(path, root)):
            raise HTTPError(404)
        return path


class CasebookFiles(AsyncLargeFileManager):
    """The rooms of a casebook that people work in; runs are read only."""

    def _get_os_path(self, path: str) -> str:
        # Every way to a file asks here.
        if not is_shown(path):
            raise HTTPError(404, "JupyterLab shows only the rooms of the casebook that people work in.")
        return super()._get_os_path(path)

    async def _dir_model(self, path: str, content: bool = True) -> dict[str, Any]:
        if path.strip("/") or not content:
            return await super()._dir_model(path, content)
        model = await super()._dir_model(path, content=False)
        names = sorted(filter(is_shown, os.listdir(self.root_dir)))  # noqa: PTH208  # a dozen names, at once
        return {**model, "content": [await self.get(name, content=False) for name in names], "format": "json"}

    def _base_model(self, path: str) -> dict[str, Any]:
        model = super()._base_model(path)
        return {**model, "writable": model["writable"] and not _is_run(path)}

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Save what is kept of a notebook, or a file as it is."""
        _refuse_sealed(path)
        if path.endswith(".ipynb") and "content" in model:
            model = _notebook(model)
        return await super().save(model, path)

    async def new_untitled(self, path: str = "", type: str = "", ext: str = "") -> dict[str, Any]:  # noqa: A002  # Jupyter's signature
        """Make a file; what is begun at the top, as the launcher does, goes to the notebooks."""
        return await super().new_untitled(path.strip("/") or NOTEBOOKS, type, ext)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Rename a file within the rooms."""
        _refuse_sealed(old_path)
        _refuse_sealed(new_path)
        await super().rename_file(old_path, new_path)

    async def delete_file(self, path: str) -> None:
        """Delete a file of a room."""
        _refuse_sealed(path)
        await super().delete_file(path)


def _below(path: str, root: str) -> str:
    """Return a path as seen from the root, or one that is never shown where a link leads out of it."""
    whole, top = Path(path).resolve(), Path(root).resolve()
    return whole.relative_to(top).as_posix() if whole.is_relative_to(top) else ".."


def _is_run(path: str) -> bool:
    return PurePosixPath(path.strip("/")).parts[:1] == (_SEALED,)


def _notebook(model: dict[str, Any]) -> dict[str, Any]:
    """Return the model of a notebook with what is kept of it; in an editor of text it comes as one text.

    A notebook that cannot be looked through is not saved at all.
    """
    content = model["content"]
    try:
        if "chunk" in model:
            raise ValueError  # noqa: TRY301  # a part of a notebook is as unreadable as a broken one
        if isinstance(content, str):
            text = json.dumps(kept(json.loads(content)), ensure_ascii=False, indent=1)
            return {**model, "content": text + "\n", "format": "text"}
        return {**model, "content": kept(content)}
    except (ValueError, TypeError, AttributeError, KeyError):
        raise HTTPError(400, "The notebook is not valid, so it was not saved. Undo the last change.") from None


def _refuse_sealed(path: str) -> None:
    if is_sealed(path):
        raise HTTPError(403, "Nothing is changed here: runs are sealed, and notebooks belong into notebooks/.")
