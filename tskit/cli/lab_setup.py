"""The settings of `tskit lab`: a server for one casebook on this machine alone, which asks nobody for news."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.paths import jupyter_config_dir, jupyter_path
from jupyter_server.serverapp import ServerApp
from jupyterlab.handlers.announcements import NeverCheckForUpdate
from traitlets import Dict
from traitlets.config import Config

from tskit.cli.lab_files import CasebookFiles, NoCheckpoints, ServedFiles
from tskit.cli.lab_start import START
from tskit.cli.notebooks import NOTEBOOKS
from tskit.errors import TskitError
from tskit.runs import Template, folders, templates
from tskit.runs.warm.specs import (
    ENVIRONMENT,
    NAME,
    environment_of,
    install,
    is_registered,
    provisioned,
    standing_folder,
)

if TYPE_CHECKING:
    from tskit.model import Casebook
    from tskit.runs.warm import WarmPlace

__all__ = ["EXTENSIONS", "KernelHere", "OwnServer", "offer_kernel", "settings", "write_settings"]

EXTENSIONS = {"jupyterlab": True, "jupyterlab_templates": True}
"""The parts of the server; what else is installed stays off, since it may call others or keep copies."""

_PANELS = frozenset({"@jupyter-widgets/jupyterlab-manager", "anywidget", "jupyterlab_templates", "jupyterlab_pygments"})
_OFF = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/terminal-extension",
)
_PLACE = Path(".cache") / "lab"


class KernelHere(KernelSpecManager):
    """The one kernel: this interpreter, without a history of what was typed.

    A kernel of the name `python3` that is registered somewhere may belong to another environment.
    """

    warm = Dict(config=True, help="The metadata that make the kernel warm; empty for a kernel of its own.")
    variables = Dict(ENVIRONMENT, config=True, help="The variables that the kernel has beside those of the server.")

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the name of that kernel, and the folder of its pictures."""
        import ipykernel.kernelspec

        return {"python3": str(Path(ipykernel.kernelspec.__file__).parent / "resources")}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return that kernel, whatever name a notebook asks for."""
        del kernel_name
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="Python 3",
            language="python",
            resource_dir=self.find_kernel_specs()["python3"],
            env=dict(self.variables),
            metadata={"debugger": False, "supported_encryption": "curve", **self.warm},
        )

    def get_all_specs(self) -> dict[str, Any]:
        """Return that kernel as the launcher asks for it."""
        spec = self.get_kernel_spec("python3")
        return {"python3": {"resource_dir": spec.resource_dir, "spec": spec.to_dict()}}


class OwnServer(ServerApp):
    """A Jupyter server that takes its settings from `tskit lab` and from no file."""

    def load_config_file(self, suppress_errors: bool = True) -> None:
        """Read nothing."""


def settings(casebook: Casebook, *, port: int | None, is_shown: bool, warm: WarmPlace | None = None) -> Config:
    """Return the server's settings; `port` None takes the first free one from 8888, `is_shown` opens a browser.

    `warm` is where its kernels are forked; with None each one is a process that imports everything for itself.
    """
    place = casebook.root / _PLACE
    config = Config()
    config.Application.log_level = "ERROR"
    config.ServerApp.update(
        ip="127.0.0.1",
        allow_remote_access=False,
        port=8888 if port is None else port,
        port_retries=50 if port is None else 0,
        open_browser=is_shown,
        allow_root=True,  # containers run as root, and nobody else reaches this address
        answer_yes=True,  # Ctrl-C stops at once
        root_dir=str(casebook.root),
        contents_manager_class=CasebookFiles,
        kernel_spec_manager_class=KernelHere,
    )
    config.CasebookFiles.update(
        checkpoints_class=NoCheckpoints, files_handler_class=ServedFiles, preferred_dir=NOTEBOOKS, allow_hidden=False
    )
    if warm is not None and is_registered():
        config.KernelHere.update(warm=provisioned(warm), variables=environment_of(warm))
    config.AsyncMappingKernelManager.default_kernel_name = "python3"
    config.KernelManager.transport_encryption = _encryption()
    config.LabApp.update(
        default_url=f"/lab/tree/{NOTEBOOKS}/{START}",
        news_url=None,
        check_for_updates_class=NeverCheckForUpdate,
        extension_manager="readonly",
        app_settings_dir=str(place / "settings"),
        workspaces_dir=str(place / "workspaces"),
        user_settings_dir=str(Path(jupyter_config_dir()) / "lab" / "user-settings"),
    )
    config.JupyterLabTemplates.update(
        template_dirs=[str(place / "templates")],
        include_default=False,
        include_core_paths=False,
        template_label="Write-up",
    )
    return config


def write_settings(casebook: Casebook) -> tuple[str, ...]:
    """Write what JupyterLab reads from files into the casebook's cache: which parts are off, defaults, and templates.

    Returned is a sentence for each template that cannot be read: one that is half written must not keep people out.
    """
    place = casebook.root / _PLACE
    for name in ("settings", "workspaces", "templates"):
        (place / name).mkdir(parents=True, exist_ok=True)
    _write(place / "settings" / "page_config.json", {"disabledExtensions": [*_OFF, *_strangers()]})
    _write(place / "settings" / "overrides.json", _DEFAULTS)
    return _write_templates(casebook, place / "templates")


_DEFAULTS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False},
}


def _strangers() -> list[str]:
    """Return the front-end parts that are installed and not ours: some call others, and each takes time to load."""
    found: set[str] = set()
    for place in jupyter_path("labextensions"):
        for package in [*Path(place).glob("*/package.json"), *Path(place).glob("@*/*/package.json")]:
            name = package.parent.relative_to(place).as_posix()
            found.add(name)
    return sorted(found - _PANELS)


def _write_templates(casebook: Casebook, place: Path) -> tuple[str, ...]:
    """Write every template once, the casebook's before others of the same name, into the group that the launcher shows."""
    group = place / "Templates"
    group.mkdir(exist_ok=True)
    wanted: dict[str, str] = {}
    trouble: list[str] = []
    for name, path in templates(folders(casebook.root)).items():
        try:
            wanted[f"{name}.ipynb"] = Template.from_file(path).notebook
        except TskitError as error:
            trouble.append(f"The template {name} is left out: {error}")
    for left in group.glob("*.ipynb"):
        if left.name not in wanted:
            left.unlink()
    for name, text in wanted.items():
        (group / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(trouble)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8", newline="\n")


def offer_kernel(place: WarmPlace) -> str:
    """Write the kernelspec of warm kernels for other programs that use this environment; return why it is not there."""
    if not is_registered():
        return ""  # a clone that is not installed has nobody else who could use it
    try:
        install(place, standing_folder())
    except OSError as error:
        return f"The kernel {NAME} for other programs cannot be written ({error.strerror}); tskit lab does without."
    return ""


def _encryption() -> str:
    # What a kernel shows passes over a port of this machine, and others may use it.
    import zmq

    return "auto" if zmq.has("curve") else "disabled"
