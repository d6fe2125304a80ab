"""The report: one page from an executed notebook; and the pages about many runs: the catalogue and a batch's."""

from tskit.export.html.batch_page import batch_page
from tskit.export.html.exporter import ReportExporter, page, write
from tskit.export.html.setting import Setting
from tskit.export.html.site import site

__all__ = ["ReportExporter", "Setting", "batch_page", "page", "site", "write"]
