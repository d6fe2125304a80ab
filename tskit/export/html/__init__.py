"""The report: one page from an executed notebook; and the pages about many runs: the catalogue."""

from tskit.export.html.exporter import ReportExporter, page, write
from tskit.export.html.setting import Setting
from tskit.export.html.site import site

__all__ = ["ReportExporter", "Setting", "page", "site", "write"]
