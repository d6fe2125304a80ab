"""The report: one page from an executed notebook."""

from tskit.export.html.exporter import ReportExporter, page, write
from tskit.export.html.setting import Setting

__all__ = ["ReportExporter", "Setting", "page", "write"]
