"""What people touch in JupyterLab: widgets, with no rules of their own."""

from tskit.ui.filters import filters
from tskit.ui.form import form
from tskit.ui.review import review
from tskit.ui.start import start
from tskit.ui.workbench import workbench

__all__ = ["filters", "form", "review", "start", "workbench"]
