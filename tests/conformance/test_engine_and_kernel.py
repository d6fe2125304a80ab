"""What hostile cells give in the engine's child and in a cold kernel, output by output."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from tests.support.kernels import warm_place
from tskit.runs import warm
from tskit.runs.engine.adapter import PlacedEngine

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.conformance,
    pytest.mark.skipif(
        bool(warm.why_not(warm.WarmPlace(Path("/")))), reason=warm.why_not(warm.WarmPlace(Path("/"))) or "no reason"
    ),
]
CELLS = (
    # Displays that are changed later, also from another cell, twice shown, or never shown.
    "one = display({'text/plain': 'a'}, raw=True, display_id='one')\ndisplay({'text/plain': 'b'}, raw=True, display_id='one')",
    "from IPython.display import *\nupdate_display({'text/plain': 'c'}, raw=True, display_id='one', metadata={'x': 1})",
    "update_display('nobody shows it', display_id='none')\nHTML('<b>1</b>', metadata={'isolated': True})",
    "display(1, 2, 3, metadata={'a': 1})\nMarkdown('# x'), JSON({'a': [1, None, 'é']}), Latex('$x$')",
    "display(JSON({'a': [1, None, 'é\\u2028']}), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>'), Javascript('1'))",
    "display({'image/png': b'\\x89PNG', 'application/pdf': b'%PDF', 'text/plain': 'x'}, raw=True)",
    "display({'application/vnd.x+json': {'n': float('inf'), 'k': float('nan'), 'deep': [[[]]]}}, raw=True)",
    "display({}, raw=True)\ndisplay()",
    # What is taken back.
    "print('a')\nclear_output()\nprint('b')\nclear_output(wait=True)\nprint('c')\ndisplay(4)\nclear_output(wait=True)",
    "for n in range(3):\n    clear_output(wait=True)\n    print(n)\n    display(n)",
    "print('a', end='\\r')\nprint('b\\b\\bc', flush=True)\nprint('\\x1b[31mred\\x1b[0m\\x00')",
    # Text by every way.
    "import sys, os, subprocess\nprint('é', '日本', '\\U0001f600')\nsys.stdout.writelines(['x', 'y\\n'])\nsys.stdout.write('z')",
    "print('to', file=sys.stderr)\nprint('fro')\nprint('to', file=sys.stderr)",
    "import time\ndone = subprocess.run([sys.executable, '-c', 'print(1)'], check=True)\ntime.sleep(1)  # a kernel looks at the raw descriptors now and then",
    "%%capture kept\nprint('kept')\ndisplay(5)\n6",
    "kept.stdout, len(kept.outputs)",
    "import warnings\nwarnings.warn('careful')\nwarnings.warn('careful')\nwarnings.simplefilter('error')",
    ("warnings.warn('now it is an error')", "raises-exception"),
    "import logging\nlogging.getLogger('x').error('to the log')\nlogging.basicConfig()\nlogging.warning('root')",
    # Errors, and what comes of them.
    ("1 / 0", "raises-exception"),
    ("def f(n):\n    return f(n + 1) if n < 30 else {}['x']\nf(0)", "raises-exception"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('é\\nsecond line') from error", "raises-exception"),
    ("def = 1", "raises-exception"),
    ("  x = 1\n y = 2", "raises-exception"),
    ("raise KeyboardInterrupt", "raises-exception"),
    ("raise SystemExit(3)", "raises-exception"),
    ("raise ExceptionGroup('many', [ValueError(1), TypeError(2)])", "raises-exception"),
    ("class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError('no words')\nraise Odd", "raises-exception"),
    ("class Odd:\n    def __repr__(self):\n        return 3\nOdd()", "raises-exception"),
    ("print('before')\ndisplay('shown')\nimport no_such_module", "raises-exception"),
    ("%no_such_magic", "raises-exception"),
    ("assert False, 'said'", "raises-exception"),
    ("await nothing", "raises-exception"),
    # What waits, and what goes on beside.
    "import asyncio\nasync def later(n):\n    await asyncio.sleep(0.01)\n    print(n)\n    return n\nawait asyncio.gather(*map(later, range(3)))",
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(3) as pool:\n    found = list(pool.map(lambda n: n * n, range(5)))\nfound",
    "import threading\ndef say():\n    print('from a thread')\n    display('shown in a thread')\nt = threading.Thread(target=say); t.start(); t.join()",
    "def fail():\n    raise ValueError('in a thread')\nt = threading.Thread(target=fail, name='t'); t.start(); t.join()",
    # Names of a shell.
    "_, __, ___, _i.strip()[:20], len(In) > 10",
    "get_ipython().execution_count, __name__, '__file__' in globals()",
    "%precision 3\n3.14159265",
    "import functools\nfunctools.reduce?",
    "x = 5;\nx;",
    "x\n# said last",
    "if True:\n    x",
    "7;'not quiet'",
    "%%bash\necho from bash\necho beside >&2",
    "!exit 3\n_exit_code",
    "class Rich:\n    def _repr_html_(self):\n        return '<i>'\n    def _repr_latex_(self):\n        return None\n    def _repr_png_(self):\n        raise ValueError('no picture')\nRich()",
    "class Own:\n    def _ipython_display_(self):\n        print('own')\n        display(8)\nOwn()",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['é', None]}, index=['x', 'y'])",
    "import matplotlib_inline, os\nos.environ['MPLBACKEND']",
    # Controls, and talk with a page that nobody has open.
    "import ipywidgets\nshown = ipywidgets.Output()\nwith shown:\n    print('inside')\nlen(shown.outputs)",
    "from comm import create_comm\nchannel = create_comm(target_name='own', data={'a': 1}, buffers=[b'x'])\nchannel.send({'b': 2})\nchannel.close()",
    "ipywidgets.IntSlider(value=3, description='n').value",
    "sys.stdout.flush(), sys.stdin is not None, sys.stdout.isatty(), sys.stdout.encoding",
    "display('before the end')\nprint('said before')\nos.getcwd() == os.path.realpath('.')",
)  # fmt: skip
LAST = {
    "an error": ["print(1)", "1 / 0", "print('never')"],
    "an exit": ["print(1)", "print(2)\nexit()\nprint(3)", "print('never')"],
    "a request to leave that nobody grants": ["import sys", "sys.exit('words')", "print('never')"],
    "an interrupt of its own": ["raise KeyboardInterrupt", "print('never')"],
}
_CHANGING = re.compile(
    r"ipykernel_\d+[/\\]\d+|0x[0-9a-f]{6,}|(?<=<ipython-input-)[-0-9a-f]+|(?<=Cell )In\[\d+\]|Thread-\d+"
    r"|/[^ ]+\.py:\d+: UserWarning: Message serialization|  (?:content|return)[^\\]*pack\([^\\]*"
)


@pytest.fixture(scope="module")
def place():
    with warm_place("tskit.runs.engine.child:prepare") as made:
        yield made


@pytest.fixture
def both(place, tmp_path, monkeypatch):
    """Return a function that executes cells with the engine and in a cold kernel, and returns the two notebooks."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setitem(papermill_engines._engines, "here", PlacedEngine)
    monkeypatch.chdir(tmp_path)

    def execute(cells):
        monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)  # with it, a kernel leaves the raw descriptors alone
        source = tmp_path / "in.ipynb"
        nbformat.write(notebook_of(cells), source)
        ours = executed(source, tmp_path / "ours.ipynb", engine_name="here", place=place)
        return ours, executed(source, tmp_path / "theirs.ipynb", engine_name="nbclient")

    return execute


def notebook_of(cells):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in cells:
        text, *tags = cell if isinstance(cell, tuple) else (cell,)
        notebook.cells.append(nbformat.v4.new_code_cell(text, metadata={"tags": tags}))
    return notebook


def executed(source, output, **how):
    """Return the notebook, and what its execution ended with."""
    ended = None
    try:
        papermill.execute_notebook(source, output, progress_bar=False, kernel_name="python3", **how)
    except PapermillExecutionError as error:
        ended = (error.ename, error.exec_count)
    return nbformat.read(output, as_version=4), ended


def told(cell):
    """Return a cell's outputs whole, but for what a process makes up, and for how two streams mix."""
    found, texts = [], {}
    for output in [*cell.outputs, None]:
        if output is not None and output.output_type == "stream":
            texts[output.name] = texts.get(output.name, "") + output.text
            continue
        found += sorted(texts.items())
        texts = {}
        if output is not None:
            found.append(dict(output))
    return cell.get("execution_count"), _CHANGING.sub("<>", repr(plain(found)))


def plain(value):
    """Return a value with its dictionaries in one order and widgets' ids by kind."""
    if isinstance(value, dict):
        return {key: "<id>" if key == "model_id" else plain(one) for key, one in sorted(value.items())}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def test_hostile_cells_give_the_same_in_the_engine_and_in_a_kernel(both):
    (ours, ended), (theirs, expected) = both(
        [(cell if isinstance(cell, str) else cell[0], "raises-exception") for cell in CELLS]
    )
    pairs = zip(code(ours), code(theirs), strict=True)
    different = [(cell.source, told(cell), told(other)) for cell, other in pairs if told(cell) != told(other)]
    assert different == []
    assert ended == expected
    assert sum(bool(cell.outputs) for cell in code(ours)) > 40


@pytest.mark.parametrize("name", LAST)
def test_a_notebook_that_ends_early_ends_alike(both, name):
    (ours, ended), (theirs, expected) = both(LAST[name])
    assert [told(cell) for cell in code(ours)] == [told(cell) for cell in code(theirs)]
    assert ended == expected


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and "papermill" in cell.metadata]
