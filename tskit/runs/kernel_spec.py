"""The one kernel of a run: this interpreter, with the package that it runs now, whatever is registered elsewhere."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tskit.runs import kernel_process
from tskit.runs.warm import ForkedProcess
from tskit.runs.warm.specs import provisioned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.runs.execute import Setting
    from tskit.runs.warm import WarmPlace
    from tskit.runs.watch import Watch

__all__ = ["manager_of", "own_environment", "spec_of"]

_SHUTDOWN_SECONDS = 2.0


def own_environment(scratch: Path, setting: Setting) -> dict[str, str]:
    """Return the variables that a kernel of a run has beside those of who starts it."""
    own = {"PYTHONHASHSEED": "0", "IPYTHONDIR": str(scratch / "ipython")}
    # What a kernel that was killed leaves behind, such as the engine's overflow, goes with the run's own folder.
    own |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    if setting.casebook:
        own["TSKIT_CASEBOOK"] = str(setting.casebook)
    return own | dict(setting.environment)


def spec_of(environment: Mapping[str, str], place: WarmPlace | None) -> Any:  # noqa: ANN401  # traitlets has no types
    """Return the specification of a kernel with that environment; with a place it is forked from a warm process."""
    from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415  # jsonschema has to come first

    metadata: dict[str, Any] = {"supported_encryption": "curve"}
    if place is not None:
        metadata |= provisioned(place)
    return KernelSpec(
        argv=[sys.executable, "-P", "-Xfrozen_modules=off", kernel_process.__file__, "-f", "{connection_file}"],
        display_name="tskit run",
        language="python",
        interrupt_mode="signal",
        metadata=metadata,
        env={name: value.replace("$", "$$") for name, value in environment.items()},
    )


def manager_of(spec: Any, watch: Watch) -> Any:  # noqa: ANN401  # a class made for this run, of a library without types
    """Return the class of a kernel manager that knows only `spec`, and whose kernel keeps to the limits of `watch`.

    A kernel of the name `python3` that is registered somewhere may belong to another environment.
    """
    import zmq  # noqa: PLC0415  # with its users
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415  # jsonschema has to come first
    from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415  # as above
    from traitlets import default  # noqa: PLC0415  # with its users

    class Specs(KernelSpecManager):
        """The one kernel, whatever name is asked for."""

        def get_kernel_spec(self, kernel_name: str) -> Any:  # noqa: ANN401, ARG002  # traitlets has no types
            return spec

    class Manager(AsyncKernelManager):
        """Starts that kernel, and does not wait long for one that is told to stop."""

        async def _async_launch_kernel(self, kernel_cmd: list[str], **given: Any) -> None:  # noqa: ANN401  # jupyter_client
            # What is written past the notebook can quote a row, and a terminal may be a log.
            given |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            await super()._async_launch_kernel(kernel_cmd, **given)
            provisioner: Any = self.provisioner
            watch.limits.watch(provisioner.pid)
            if not isinstance(provisioner.process, ForkedProcess):
                watch.kernel = "cold"

        @default("kernel_spec_manager")
        def _own_specs(self) -> Any:  # noqa: ANN401  # traitlets has no types
            return Specs()

        @default("shutdown_wait_time")
        def _short_wait(self) -> float:
            return _SHUTDOWN_SECONDS

        @default("transport_encryption")
        def _encrypted(self) -> str:
            # Outputs hold aggregates of cases, and others may use the same machine.
            return "auto" if zmq.has("curve") else "disabled"

    return Manager
