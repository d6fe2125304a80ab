"""Cases that stay where they lie: mapped, validated and counted by the engine that holds them."""

from tskit.cases.place.load import load_in_place

__all__ = ["load_in_place"]
