"""What a run's folder gets."""

import pytest

from tests.support.notebooks import RECORD_URL
from tskit.errors import ParameterError, RunError
from tskit.export import FORMATS, write_all
from tskit.export.pdf import find_browser


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "2026-11-02T0104Z-trend_report-7c1e.partial"
    folder.mkdir()
    return folder


def test_every_run_gets_a_report_a_copy_to_share_and_a_brief(notebook, folder):
    written = write_all(notebook, folder, record_url=RECORD_URL)
    assert [path.name for path in written] == ["report.html", "report-to-share.html", "brief.md"]
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "<dd>2026-11-02T0104Z-trend_report-7c1e</dd>" in report
    assert ".partial" not in report
    assert "desk.example" not in (folder / "report-to-share.html").read_text(encoding="utf-8")


def test_an_unknown_format_is_refused_before_anything_is_written(notebook, folder):
    with pytest.raises(ParameterError, match="Did you mean 'pdf'"):
        write_all(notebook, folder, formats=["pdff"])
    assert list(folder.iterdir()) == []


def test_a_missing_browser_is_told_with_the_fix(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunError, match="TSKIT_CHROMIUM"):
        find_browser()
    with pytest.raises(RunError, match="TSKIT_CHROMIUM"):
        find_browser(str(tmp_path / "none"))


def test_pdf_is_among_the_formats():
    assert "pdf" in FORMATS
