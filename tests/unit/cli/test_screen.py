"""What is printed commands no terminal."""

from pathlib import Path

import pytest

import tskit.cli
from tskit.cli.screen import pour, say

ATTACKS = [
    "\x1b]52;c;eA==\x07",
    "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "\x9b2J",
    "a\rb",
    "\x08\x08",
    "cod\u202egnp",
]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("err", [False, True])
def test_a_line_holds_no_control(capsys, text, err):
    say(text, err=err)
    out, told = capsys.readouterr()
    shown = told if err else out
    assert shown.isprintable() is False  # its line ends
    assert all(line.isprintable() for line in shown.splitlines())


def test_data_goes_into_a_pipe_as_it_is_and_to_a_terminal_without_controls(capsysbinary, monkeypatch):
    data = '{"note": "a\x1b[31m\u202e"}\n'
    pour(data)
    assert capsysbinary.readouterr().out == data.encode()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    pour(data)
    assert capsysbinary.readouterr().out.decode().rstrip("\n").isprintable()


def test_every_line_goes_through_it():
    sources = [path for path in Path(tskit.cli.__file__).parent.glob("*.py") if path.name != "screen.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert [call for call in ("typer.echo", "print(", "click.echo", "print_exception", "secho") if call in text] == []
