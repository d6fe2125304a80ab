"""The store of an extracted source: deliveries, each sealed once, that make as-of snapshots."""

from tskit.sources.store.beginning import begin
from tskit.sources.store.delivery import Delivery
from tskit.sources.store.reading import open_store
from tskit.sources.store.sealed import Brought, Sealed

__all__ = ["Brought", "Delivery", "Sealed", "begin", "open_store"]
