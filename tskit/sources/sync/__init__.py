"""The store of an extracted source: deliveries, each sealed once, that make as-of snapshots."""

from tskit.sources.sync.delivery import Delivery, begin

__all__ = ["Delivery", "begin"]
