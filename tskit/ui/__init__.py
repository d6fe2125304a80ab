"""What people touch in JupyterLab: widgets, with no rules of their own."""

from tskit.ui.actions import actions
from tskit.ui.filters import filters
from tskit.ui.form import form
from tskit.ui.review import review
from tskit.ui.start import start
from tskit.ui.whys import whys
from tskit.ui.workbench import workbench

__all__ = ["actions", "filters", "form", "review", "start", "whys", "workbench"]
