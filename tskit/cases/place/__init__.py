"""Cases that stay where they lie: mapped, validated and counted by the engine that holds them."""

from tskit.cases.place.load import inputs_in_place, load_in_place

__all__ = ["inputs_in_place", "load_in_place"]
