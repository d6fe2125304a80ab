"""A sync: what is new of any kind of source, brought into its store and sealed."""

from tskit.sources.store import Brought, Delivery, Sealed, begin, open_store
from tskit.sources.sync.bringing import Synced, snapshots, sync

__all__ = ["Brought", "Delivery", "Sealed", "Synced", "begin", "open_store", "snapshots", "sync"]
