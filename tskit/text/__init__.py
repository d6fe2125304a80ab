"""Text that people wrote, made safe to show."""

from tskit.text.neutral import defang, markdown, neutralise, neutralise_tree, slack

__all__ = ["defang", "markdown", "neutralise", "neutralise_tree", "slack"]
