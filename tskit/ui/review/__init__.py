"""The review widget: facts first, content covered until asked for, a cause in two key strokes, every save certain."""

from tskit.ui.review.opening import person_at_desk, review
from tskit.ui.review.widget import Review

__all__ = ["Review", "person_at_desk", "review"]
