from __future__ import annotations

from pathlib import Path

from tskit.runs.manifest import Account, digests, packages, seal


def test_versions_follow_what_our_packages_need():
    found = packages("papermill")
    assert {"papermill", "nbclient", "jupyter-client"} <= set(found)
    assert "pytest" not in found


def test_an_unknown_distribution_lists_everything_that_is_installed():
    assert "pytest" in packages("no-such-distribution-at-all")


def test_digests_leave_out_the_manifest_and_hidden_files(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("a.txt", "data/b.csv", "manifest.json", ".c"):
        (tmp_path / name).write_bytes(b"")
    assert list(digests(tmp_path)) == ["a.txt", "data/b.csv"]
    assert digests(tmp_path)["a.txt"]["sha256"].startswith("e3b0c442")


def test_no_home_folder_and_no_source_path_is_written(tmp_path, template, setting):
    made, now = template(), setting.clock()
    inputs = [{"source": "/home/jane/exports/cases.csv"}, {"source": r"C:\Users\jane\cases.csv"}, {"source": "main"}]
    account = Account("id", made, "ok", now, now, {"market": "/home/jane/x"}, inputs=inputs)
    seal(account, tmp_path, home=Path("/home/jane"))
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert "jane" not in text
    assert '"~/x"' in text
    assert text.count('"source": "cases.csv"') == 2
