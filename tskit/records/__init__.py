"""Append-only storage that tags, rounds, actions and the shift log share."""

from tskit.records.chain import Verdict
from tskit.records.copying import copy_records
from tskit.records.entry import UNDO, Draft, Entry
from tskit.records.store import Store, open_store

__all__ = ["UNDO", "Draft", "Entry", "Store", "Verdict", "copy_records", "open_store"]
