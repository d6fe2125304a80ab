"""What ties cases together: those of one case, and the groups of linked cases of a whole scope."""

from tskit.patterns.links.linked import Linked, linked
from tskit.patterns.links.of_case import ALIKE_FROM, KEYS, Wordings, links, wordings

__all__ = ["ALIKE_FROM", "KEYS", "Linked", "Wordings", "linked", "links", "wordings"]
