from __future__ import annotations

import json
from pathlib import Path

from tskit.runs.manifest import Account, digests, seal


def test_digests_leave_out_the_manifest_its_signature_and_hidden_files(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("a.txt", "data/b.csv", "manifest.json", "manifest.sig", ".c"):
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


def test_a_manifest_says_what_the_run_rests_on(tmp_path, template, setting):
    made, now = template(), setting.clock()
    account = Account(
        "id",
        made,
        "ok",
        now,
        now,
        place="casebook",
        kernel="engine",
        code={"digest": "ab"},
        facts={"id": "x", "locale": "C"},
    )
    seal(account, tmp_path)
    said = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert said["template"] == {"name": "small", "sha256": made.sha256, "place": "casebook"}
    assert (said["schema"], said["kernel"], said["code"], said["seeds"]) == (
        2,
        "engine",
        {"digest": "ab"},
        {"PYTHONHASHSEED": "0"},
    )
    assert (said["id"], said["locale"]) == ("id", "C"), "a fact never takes the place of what a run knows itself"
    assert said["packages"]["papermill"]


def test_a_template_that_names_a_home_folder_is_known_by_what_is_kept_of_it(tmp_path, template, setting):
    made, now = template("'/home/jane/x'"), setting.clock()
    seal(Account("id", made, "ok", now, now), tmp_path, home=Path("/home/jane"))
    said = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert said["template"]["kept_sha256"] != said["template"]["sha256"] == made.sha256


def test_what_signs_a_manifest_sees_its_very_bytes(tmp_path, template, setting):
    made, now, seen = template(), setting.clock(), []

    def sign(content):
        seen.append(content)
        return {"signature": "s"}

    seal(Account("id", made, "ok", now, now), tmp_path, sign=sign)
    assert seen == [(tmp_path / "manifest.json").read_bytes()]
    assert json.loads((tmp_path / "manifest.sig").read_text(encoding="utf-8")) == {"signature": "s"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".py") == ["manifest.json", "manifest.sig"]
