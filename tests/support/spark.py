"""A real Spark for tests: local, quiet, in a Java process of its own that ends with the tests."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE

import pytest

PATIENCE = 60
SETTINGS = {
    "spark.app.name": "tests",
    "spark.master": "local[2]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.adaptive.enabled": "false",  # plans of a few thousand rows are not worth a second look
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
ALLOWED = (
    "ignore:The copy keyword is deprecated:pandas.errors.Pandas4Warning",
    "ignore:The 'future.infer_string' option is deprecated:pandas.errors.Pandas4Warning",
    "ignore:unclosed <socket:ResourceWarning",
)
"""What pyspark 4.0 does that pandas 3 warns of, and the sockets that it leaves to be collected."""


@contextmanager
def running_spark():
    """Start a Spark of our own and hand out its session; skip where there is none, except in CI: there that fails."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        _lacking("Java is not installed. Install it: apt install default-jre-headless")
    try:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415  # an extra
        from pyspark.java_gateway import launch_gateway  # noqa: PLC0415  # an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415  # an extra
    except ImportError:
        _lacking('pyspark is not installed. Install it: pip install "ts-investigation-kit[spark]"')
    settings = SparkConf().setAll(SETTINGS.items())
    # What Java writes on the way up goes past every setting of its log.
    gateway = launch_gateway(conf=settings, popen_kwargs={"stdin": PIPE, "stdout": DEVNULL, "stderr": DEVNULL})
    try:
        session = SparkSession(SparkContext(conf=settings, gateway=gateway))
        yield session
        session.stop()
    finally:
        gateway.shutdown()
        gateway.proc.stdin.close()  # at which Java ends
        gateway.proc.wait(PATIENCE)
        SparkContext._gateway = SparkContext._jvm = None


def _lacking(words):
    if os.environ.get("CI"):
        pytest.fail(f"CI tests with a real Spark. {words}")
    pytest.skip(words)
