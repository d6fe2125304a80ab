"""The store of an extracted source: deliveries, each sealed once, that make as-of snapshots."""

from tskit.sources.sync.beginning import begin
from tskit.sources.sync.bringing import Synced, snapshots, sync
from tskit.sources.sync.delivery import Delivery
from tskit.sources.sync.reading import open_store
from tskit.sources.sync.sealed import Brought, Sealed

__all__ = ["Brought", "Delivery", "Sealed", "Synced", "begin", "open_store", "snapshots", "sync"]
