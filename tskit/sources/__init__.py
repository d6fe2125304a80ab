"""Where rows come from: files, and the made-up sample. Everything is read as text; nothing is lost."""

from tskit.sources.credentials import import_keyrings, keep_secret, pseudonym_key, secret, secret_of
from tskit.sources.engine import connect, in_memory
from tskit.sources.raw import RawTable, ReadOptions
from tskit.sources.registry import READERS, read
from tskit.sources.stack import release

__all__ = [
    "READERS",
    "RawTable",
    "ReadOptions",
    "connect",
    "import_keyrings",
    "in_memory",
    "keep_secret",
    "pseudonym_key",
    "read",
    "release",
    "secret",
    "secret_of",
]
