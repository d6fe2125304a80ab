"""Text that people wrote, made safe to show and made comparable.

`alike`, `letters`, `runs` and `pairs` are not handed on here: they need numpy, and every call of the command line imports
this package.
"""

from tskit.text.cells import is_formula
from tskit.text.confusables import skeleton
from tskit.text.neutral import chat, defang, neutralise, neutralise_tree
from tskit.text.normal import normalise
from tskit.text.patterns import check_pattern, matching
from tskit.text.segments import thai_edges, words
from tskit.text.spans import span
from tskit.text.typed import check_line, check_words, is_one_line
from tskit.text.vectors import TextIndex, index_texts

__all__ = [
    "TextIndex",
    "chat",
    "check_line",
    "check_pattern",
    "check_words",
    "defang",
    "index_texts",
    "is_formula",
    "is_one_line",
    "matching",
    "neutralise",
    "neutralise_tree",
    "normalise",
    "skeleton",
    "span",
    "thai_edges",
    "words",
]
