"""What cells give in a forked child; tests/conformance/test_engine_and_kernel.py holds the same against a kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from papermill.exceptions import PapermillExecutionError


def told(cell):
    """Return a cell's outputs in short."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append((output.name, output.text))
        elif output.output_type == "error":
            found.append((output.ename, output.evalue))
        else:
            found.append((output.output_type, dict(output.data)))
    return found


def result(text):
    return ("execute_result", {"text/plain": text})


def shown(text):
    return ("display_data", {"text/plain": text})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1 + 1", [result("2")]),
        ("1;", []),
        ("None", []),
        ("print('a'); print('b', end='')", [("stdout", "a\nb")]),
        ("import sys\nprint('a'); print('b', file=sys.stderr); print('c')", [("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n")]),
        ("print('a')\ndisplay(1)\nprint('b')\n2", [("stdout", "a\n"), shown("1"), ("stdout", "b\n"), result("2")]),
        ("display({'text/plain': 'x', 'application/json': {'a': [1, None]}}, raw=True)", [("display_data", {"text/plain": "x", "application/json": {"a": [1, None]}})]),
        ("from IPython.display import Image, HTML\nHTML('<p>')", [("execute_result", {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<p>"})]),
        ("display({'image/png': b'\\x89PNG'}, raw=True)", [("display_data", {"image/png": "iVBORw=="})]),
        ("class A:\n    def _repr_mimebundle_(self, **options):\n        return {'text/plain': 'A'}, {'text/plain': {'b': 1}}\nA()", [result("A")]),
        ("one = display(1, display_id='i')\ndisplay(2)\none.update(3)", [shown("3"), shown("2")]),
        ("print('a')\nfrom IPython.display import clear_output\nclear_output()\nprint('b')", [("stdout", "b\n")]),
        ("print('a')\nfrom IPython.display import clear_output\nclear_output(wait=True)", [("stdout", "a\n")]),
        ("print('a')\nfrom IPython.display import clear_output\nclear_output(wait=True)\nprint('b')\nprint('c')", [("stdout", "b\nc\n")]),
        ("import asyncio\nawait asyncio.sleep(0)\n'waited'", [result("'waited'")]),
        ("import asyncio\nasyncio.get_running_loop().is_running()", [result("True")]),
        ("__name__, get_ipython() is not None", [result("('__main__', True)")]),
        ("%%time\n1\npass", None),
        ("!echo out", [("stdout", "out\r\n")]),
        ("import os, subprocess\nsubprocess.run(['echo', 'b']).returncode", None),
        ("import os\nprint('a')\nn = os.write(1, b'\\xc3')\nn = os.write(1, b'\\xa9\\n')", None),
        ("import threading\nt = threading.Thread(target=print, args=('a',))\nt.start()\nt.join()", [("stdout", "a\n")]),
        ("import multiprocessing as m\np = m.get_context('fork').Process(target=print, args=('a',))\np.start()\np.join()", [("stdout", "a\n")]),
        ("print('\\ud800')", [("stdout", "?\n")]),
        ("from IPython.utils.capture import capture_output\nwith capture_output() as got:\n    print(1)\ngot.stdout", [result("'1\\n'")]),
        ("In[-1], Out", [result("('In[-1], Out', {})")]),
        ("import sys\nsys.stdin.read(), sys.stdout.isatty(), sys.stdout.encoding", [result("('', False, 'UTF-8')")]),
        ("import sys\nprint('a', file=sys.__stdout__, flush=True)", [("stdout", "a\n")]),
        ("float('nan')", [result("nan")]),
        ("display({'application/json': {'a': float('nan')}}, raw=True)", None),
    ],
)  # fmt: skip
def test_a_cell_gives_what_it_gives_in_a_kernel(run, code, expected):
    (cell,) = run(code)
    assert cell.execution_count == 1
    if expected is not None:
        assert told(cell) == expected


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("x = = 1", "SyntaxError", None),
        ("input('?')", "StdinNotImplementedError", "raw_input was called, but this frontend does not support input requests."),
        ("from getpass import getpass\nimport getpass as g\ng.getpass()", "StdinNotImplementedError", None),
        ("class A:\n    def __repr__(self):\n        raise ValueError('r')\nA()", "ValueError", "r"),
        ("await no", "NameError", "name 'no' is not defined"),
        ("raise SystemExit(3)", "SystemExit", "3"),
        ("%no_such_magic", "CellExecutionError", None),
    ],
)  # fmt: skip
def test_a_failing_cell_stops_the_notebook_with_its_error(run, code, kind, text):
    with pytest.raises(PapermillExecutionError) as caught:
        run("'before'", code, "'after'")
    assert caught.value.ename == kind
    assert caught.value.exec_count == 2
    if text is not None:
        assert caught.value.evalue == text


def test_counts_names_and_displays_go_on_from_cell_to_cell(run):
    cells = run("one = display(1, display_id='i')\na = 5", "", "one.update(2)\na", "b = _")
    assert [cell.execution_count for cell in cells] == [1, None, 2, 3]
    assert told(cells[0]) == [shown("2")]
    assert told(cells[2]) == [result("5")]


def test_a_cell_that_may_fail_does_not_stop_the_notebook(run):
    with pytest.raises(PapermillExecutionError) as caught:  # papermill itself says so at the end
        run(("1 / 0", ["raises-exception"]), "open('after', 'w').close()")
    assert caught.value.exec_count == 1
    assert Path("after").exists()


def test_ten_megabytes_and_ten_thousand_lines_arrive_whole(run):
    cells = run(
        "print('x' * 10_000_000)",
        "for n in range(10_000):\n    print(n)",
        "display({'text/plain': 'y' * 3_000_000}, raw=True)",
    )
    assert cells[0].outputs[0].text == "x" * 10_000_000 + "\n"
    assert cells[1].outputs[0].text == "".join(f"{n}\n" for n in range(10_000))
    assert len(cells[1].outputs) == 1
    assert len(cells[2].outputs[0].data["text/plain"]) == 3_000_000


def test_a_cell_may_close_what_it_prints_to(run):
    cells = run("import os\nos.write(1, b'before')\nos.close(1)\nos.close(2)\nprint('printed')", "print('after')", "1")
    assert "printed\n" in "".join(output.text for output in cells[0].outputs)
    assert told(cells[1]) == [("stdout", "after\n")]
    assert told(cells[2]) == [result("1")]
