from __future__ import annotations

import json

import pytest

from tskit.cli import main


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Return a function that calls a verb in an empty folder and returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TSKIT_CASEBOOK", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main(["template", *arguments])
        shown = capsys.readouterr()
        return caught.value.code, shown.out, shown.err

    return run


def test_a_new_template_is_built_and_as_it_should_be(call, tmp_path):
    assert call("new", "queue_health")[0] == 0
    assert call("build", "--check") == (0, "Templates in templates that are as they should be: 1\n", "")
    assert call("new", "queue_health")[0] == 12
    assert call("new", "Queue")[0] == 12
    code, shown, _ = call("show", "templates/queue_health.py")
    assert code == 0
    assert "market: list[str]\n      markets to keep; empty for all" in shown


def test_a_stale_notebook_fails_the_check_and_is_built_without_it(call, tmp_path):
    call("new", "queue_health")
    built = tmp_path / "templates" / "queue_health.ipynb"
    before = built.read_bytes()
    built.write_text("{}", encoding="utf-8")
    code, _, shown = call("build", "--check")
    assert code == 14
    assert "queue_health.ipynb is not what its text builds" in shown
    assert built.read_text(encoding="utf-8") == "{}"
    assert call("build")[0] == 0
    assert built.read_bytes() == before


def test_a_broken_rule_is_named_with_its_file(call, tmp_path):
    call("new", "queue_health")
    source = tmp_path / "templates" / "queue_health.py"
    source.write_text(source.read_text(encoding="utf-8") + "if True:\n    pass\n", encoding="utf-8")
    code, _, shown = call("build")
    assert code == 14
    assert "queue_health.py: Code cell 4 holds logic (If)" in shown


def test_the_templates_of_the_casebook_are_listed(call, tmp_path):
    (tmp_path / "casebook.toml").touch()
    call("new", "queue_health")
    listed = {line.split()[0]: line for line in call("list")[1].splitlines()}
    assert "What this write-up answers" in listed["queue_health"]


def test_a_notebook_is_adopted_without_its_outputs(call, tmp_path):
    call("new", "queue_health")
    path = tmp_path / "templates" / "queue_health.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["canary-7f3a"]}]
    notebook["cells"][-1]["source"] = ["case_set.quality"]
    edited = tmp_path / "queue_health.ipynb"
    edited.write_text(json.dumps(notebook), encoding="utf-8")
    assert call("adopt", "queue_health.ipynb")[0] == 12
    assert call("adopt", "queue_health.ipynb", "--force")[0] == 0
    text = (tmp_path / "templates" / "queue_health.py").read_text(encoding="utf-8")
    assert "case_set.quality" in text
    assert "canary" not in text + path.read_text(encoding="utf-8")
    assert call("build", "--check")[0] == 0


def test_an_unknown_template_is_refused(call):
    assert call("show", "no_such_template")[0] == 12


def test_a_folder_of_templates_that_is_not_there_is_refused(call):
    assert call("build", "--folder", "nowhere")[0] == 12
