import pytest

from tests.browser import lab


def test_a_machine_without_a_browser_skips_but_ci_fails(monkeypatch):
    monkeypatch.delenv("TSKIT_CHROMIUM", raising=False)
    monkeypatch.setattr(lab.shutil, "which", lambda _: None)
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="needs Chromium"):
        lab.chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception):
        lab.chromium()
