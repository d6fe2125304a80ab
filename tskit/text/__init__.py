"""Text that people wrote, made safe to show and made comparable."""

from tskit.text.confusables import skeleton
from tskit.text.neutral import chat, defang, neutralise, neutralise_tree
from tskit.text.normal import normalise
from tskit.text.patterns import check_pattern, matching
from tskit.text.segments import words
from tskit.text.shingles import resembling, shingles, similar_pairs, similarity

__all__ = [
    "chat",
    "check_pattern",
    "defang",
    "matching",
    "neutralise",
    "neutralise_tree",
    "normalise",
    "resembling",
    "shingles",
    "similar_pairs",
    "similarity",
    "skeleton",
    "words",
]
