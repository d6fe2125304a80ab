"""What people touch in JupyterLab: widgets, with no rules of their own."""

from tskit.ui.form import form
from tskit.ui.review import review
from tskit.ui.start import start

__all__ = ["form", "review", "start"]
