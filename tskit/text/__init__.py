"""Text that people wrote, made safe to show."""

from tskit.text.neutral import chat, defang, neutralise, neutralise_tree

__all__ = ["chat", "defang", "neutralise", "neutralise_tree"]
