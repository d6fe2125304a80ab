"""Warm kernels where people meet them: in a JupyterLab that `tskit lab` started."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser.lab import chromium, closed_browser
from tests.browser.started import Started
from tests.support.samples import shared_sample
from tskit.runs import warm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        bool(warm.why_not(warm.WarmPlace(Path("/")))), reason=warm.why_not(warm.WarmPlace(Path("/"))) or "no reason"
    ),
]

IMPORTS = "from tskit import Scope, charts, findings, load\nimport os\nprint('at', os.getpid(), Scope.__name__)"
# A promise of the page is waited for without end by whoever asks for it, so each has its own.
WITHIN = """const within = (promise, seconds) => Promise.race([
        promise, new Promise((_, refuse) => setTimeout(() => refuse(new Error('no answer')), seconds * 1000))]);"""
# What is sent while a kernel's connection is made anew can be lost: then it is sent again, as a person would.
RUN = f"""async (code) => {{
    {WITHIN}
    for (let turn = 0; turn < 4; turn += 1) {{
        const kernel = window.openedNotebook.sessionContext.session.kernel;
        const future = kernel.requestExecute({{code: code, store_history: false}});
        let said = '';
        future.onIOPub = (message) => {{ said += message.content.text || message.content.ename || ''; }};
        const reply = await within(future.done, 20).catch(() => null);
        if (reply) {{ return {{said: said, status: reply.content.status}}; }}
    }}
    throw new Error('the kernel does not answer'); }}"""
STARTED = f"""async (name) => {{
    {WITHIN}
    const kernels = window.jupyterapp.serviceManager.kernels;
    const began = performance.now();
    const kernel = await within(kernels.startNew({{name: 'python3'}}), 60);
    let said = '';
    const future = kernel.requestExecute({{code: name}});
    future.onIOPub = (message) => {{ said += message.content.text || message.content.ename || ''; }};
    await within(future.done, 60);
    const seconds = (performance.now() - began) / 1000;
    const id = kernel.id;
    kernel.dispose();
    return {{said: said, seconds: seconds, id: id}}; }}"""
SEND = """(code) => {
    window.openedNotebook.sessionContext.session.kernel.requestExecute({code: code}).done.catch(() => null); }"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=2000)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, book):
    chromium()
    with Started(tmp_path_factory.mktemp("lab") / "server", book) as lab, closed_browser() as page:
        page.set_default_timeout(60_000)
        _until(lambda: list(lab.place.folder.glob("*.sock")))
        lab.write("warm.ipynb", IMPORTS)
        lab.open(page, "warm.ipynb")
        yield lab, page
    assert lab.code == 0
    _until(lambda: _zygotes(lab) == [], 10)
    assert "not warm" not in lab.log.read_text()


def _until(found, seconds=60):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def _zygotes(lab):
    return [process for process in _processes() if str(lab.place.folder) in process[1]]


def _processes():
    """Yield number and command line of each process that is there."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            yield int(path.name), (path / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue


def _run(page, code):
    return page.evaluate(RUN, code)


def _pid(page):
    said = _run(page, IMPORTS)["said"]
    return int(said.split()[1])


def _is_gone(pid):
    try:
        return "Z" in (Path("/proc") / str(pid) / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return True


def _ask(lab, path, *, method="GET"):
    request = urllib.request.Request(
        f"{lab.url}{path}", method=method, headers={"Authorization": f"token {lab._token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def test_the_first_result_with_imports_comes_from_a_fork_of_the_one_warm_process(desk):
    lab, page = desk
    pid = _pid(page)
    zygotes = dict(_zygotes(lab))
    assert pid in zygotes  # a fork has the command line of its parent
    assert len(list(lab.place.folder.glob("*.sock"))) == 1
    started = page.evaluate(STARTED, IMPORTS)
    assert "Scope" in started["said"]
    _ask(lab, f"api/kernels/{started['id']}", method="DELETE")
    # A cold kernel takes this for its imports alone; the benchmark measures the two side by side.
    assert started["seconds"] < 5


def test_a_cell_is_interrupted_and_the_kernel_goes_on(desk):
    _, page = desk
    pid = _pid(page)
    page.evaluate(
        f"""async () => {{
            {WITHIN}
            const kernel = window.openedNotebook.sessionContext.session.kernel;
            window.long = kernel.requestExecute({{code: 'import time; print("begun"); time.sleep(100)'}});
            window.told = ''; let begun; const there = new Promise((resolve) => {{ begun = resolve; }});
            window.long.onIOPub = (message) => {{
                window.told += message.content.ename || '';
                if ((message.content.text || '').includes('begun')) {{ begun(); }} }};
            await within(there, 60);
            await kernel.interrupt();
            await within(window.long.done, 60); }}"""
    )
    assert page.evaluate("() => window.told") == "KeyboardInterrupt"
    assert _pid(page) == pid


def test_a_restarted_kernel_is_a_fork_of_its_own_and_remembers_nothing(desk):
    _, page = desk
    _run(page, "kept = 1")
    before = _pid(page)
    page.evaluate("async () => { await window.openedNotebook.sessionContext.session.kernel.restart(); }")
    assert _pid(page) != before
    assert _run(page, "kept")["said"] == "NameError"
    assert _is_gone(before)


@pytest.mark.parametrize("death", ["os.kill(os.getpid(), 11)", "os.kill(os.getpid(), 9)", "os._exit(0)"])
def test_a_kernel_that_crashes_is_started_again(desk, death):
    _, page = desk
    before = _pid(page)
    page.evaluate(SEND, f"import os; {death}")
    _until(lambda: _is_gone(before))
    assert _pid(page) != before


def test_a_kernel_that_is_deleted_leaves_no_process(desk):
    lab, page = desk
    started = page.evaluate(
        STARTED, "import os, subprocess\nprint(os.getpid(), subprocess.Popen(['sleep', '600']).pid)"
    )
    numbers = [int(number) for number in started["said"].split()]
    assert not any(map(_is_gone, numbers))
    _ask(lab, f"api/kernels/{started['id']}", method="DELETE")
    _until(lambda: all(map(_is_gone, numbers)), 20)


def test_a_warm_process_that_is_killed_takes_its_kernels_along_and_the_next_kernel_starts_another(desk):
    lab, page = desk
    before = _pid(page)
    (zygote,) = [pid for pid, _ in _zygotes(lab) if _parent(before) == pid]
    os.kill(zygote, signal.SIGKILL)
    _until(lambda: _is_gone(before), 20)
    # JupyterLab finds its kernel dead and starts it again, by way of a new zygote.
    assert _pid(page) not in (before, zygote)


def _parent(pid):
    return int((Path("/proc") / str(pid) / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
