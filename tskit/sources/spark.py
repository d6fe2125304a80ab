"""A session on Spark: its own Java beside us, a cluster, or a server that speaks Spark Connect; always without a word."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, PIPE, TimeoutExpired
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.model import Source

__all__ = ["session", "stop"]

_CORES = 2
_PATIENCE = 60
_PORT = 7077
_OURS = "spark.tskit.source"
"""The setting that says which source a session was made for."""
_QUIET: Mapping[str, str] = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL: Mapping[str, str] = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.catalogImplementation": "in-memory",
}
Gateway: TypeAlias = Any
"""What pyspark speaks to Java through; it is not typed."""


def session(source: Source, *, root: Path, secret: Callable[[str], str]) -> SparkSession:
    """Return the session that the tables of `source` are asked through; the same source has the same one again.

    `spark://local?cores=2` starts Spark on this machine, `spark://host:7077` asks the cluster of that master, and
    `spark+connect://host:15002` a server of Spark Connect (`secret("token")` is its token). Settings of the source whose
    names begin with "spark." go to the session. Java ends with this process, and writes nothing but into a folder that
    is removed. A session that somebody else began in this process stays theirs: ours is a new one beside it.

    Raises:
        SourceError: Java is not installed, or Spark does not start.
    """
    if "+connect" in source.url.partition("://")[0]:
        return _told(source, lambda: _connected(source, secret))
    shape = (source.url, sorted((name, str(value)) for name, value in source.settings.items()), str(root))
    mark = sha256(repr(shape).encode()).hexdigest()[:32]
    running = SparkContext._active_spark_context  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # there is no public name for what this process has already
    if running is not None and not running.getConf().contains(_OURS):
        return SparkSession(running).newSession()
    if running is not None and running.getConf().get(_OURS) == mark:
        return SparkSession(running)
    stop()
    return _told(source, lambda: _started(source, mark))


def stop() -> None:
    """End the session that `session` started in this process, if there is one, and its Java with it."""
    running = SparkContext._active_spark_context  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above
    if running is None or not running.getConf().contains(_OURS):
        return
    gateway, folder = running._gateway, running.getConf().get("spark.local.dir")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    with contextlib.suppress(Exception):  # Java may have died before
        SparkSession(running).stop()
    SparkContext._active_spark_context = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # also where it did
    _end(gateway, folder)


def _told(source: Source, begin: Callable[[], SparkSession]) -> SparkSession:
    """Return the session that `begin` makes, or say in our own words why there is none."""
    try:
        return begin()
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001  # Java's own texts may quote paths, settings and values
        raise SourceError(
            f"Spark does not start for the source {source.name} ({type(error).__name__}). Check its url, its settings "
            "that begin with spark., and that Java 17 or later runs: java -version"
        ) from None


def _end(gateway: Gateway, folder: str | None) -> None:
    """End Java and remove its folder; done already, nothing happens."""
    with contextlib.suppress(Exception):
        gateway.shutdown()
    gateway.proc.stdin.close()  # at which Java ends
    try:
        gateway.proc.wait(_PATIENCE)
    except TimeoutExpired:
        gateway.proc.kill()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    if SparkContext._gateway is gateway:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        # Else the next session would speak to this Java.
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _connected(source: Source, secret: Callable[[str], str]) -> SparkSession:
    token = secret("token")
    address = f"sc://{source.url.partition('://')[2]}" + (f"/;token={token}" if token else "")
    builder = SparkSession.builder.remote(address)
    for name, value in _own(source).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _started(source: Source, mark: str) -> SparkSession:
    """Start Java with nowhere to write to, for what it says on its way up goes past every setting of its log."""
    folder = tempfile.mkdtemp(prefix="tskit-spark-")
    place = {
        _OURS: mark,
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": str(Path(folder) / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={folder} -Dderby.system.home={folder}",
    }
    settings = SparkConf(loadDefaults=False).setAll([*{**_QUIET, **_of(source), **_own(source), **place}.items()])
    try:
        gateway = launch_gateway(conf=settings, popen_kwargs={"stdin": PIPE, "stdout": DEVNULL, "stderr": DEVNULL})
    except (OSError, PySparkException):
        shutil.rmtree(folder, ignore_errors=True)
        raise SourceError(
            f"Java does not start for the source {source.name}. Install Java 17 or later "
            "(apt install default-jre-headless), or set JAVA_HOME to where it is."
        ) from None
    try:
        context = SparkContext(conf=settings, gateway=gateway)
    except BaseException:
        _end(gateway, folder)
        raise
    weakref.finalize(context, _end, gateway, folder)  # at the latest when the process ends
    return SparkSession(context)


def _of(source: Source) -> dict[str, str]:
    """Return the settings that follow from the URL."""
    parts = urlsplit(source.url)
    named = {"spark.app.name": f"tskit {source.name}"}
    if parts.hostname != "local":
        return {**named, "spark.master": f"spark://{parts.hostname}:{parts.port or _PORT}"}
    cores = dict(parse_qsl(parts.query)).get("cores", str(_CORES))
    if not cores.isdecimal() or not int(cores):
        raise SourceError(f"The url of the source {source.name} has no number of cores, as in spark://local?cores=2")
    # By default each of many aggregations would be cut into 200 parts, which pays on clusters alone.
    return {
        **named,
        **_LOCAL,
        "spark.master": f"local[{cores}]",
        "spark.default.parallelism": cores,
        "spark.sql.shuffle.partitions": cores,
    }


def _own(source: Source) -> dict[str, str]:
    """Return the source's own settings of the session."""
    return {name: str(value) for name, value in source.settings.items() if name.startswith("spark.")}
