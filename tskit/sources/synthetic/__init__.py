"""A synthetic casebook of any size, with stories planted in it and their truth beside it."""

from tskit.sources.synthetic.stories import STORIES
from tskit.sources.synthetic.write import write_sample

__all__ = ["STORIES", "write_sample"]
