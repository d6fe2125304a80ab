"""The real write-ups on a casebook whose every word is an attack: nothing runs, nobody is called, nothing is given away."""

import csv
import html
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pyarrow.parquet as pq
import pytest

from tests.browser.lab import Lab, chromium, closed_browser
from tests.support.hostile_casebook import CANARY, PAYLOADS, hostile_casebook
from tests.support.hostile_duty import NAMED, NOTED, hostile_duty
from tests.support.hostile_tags import hostile_tags
from tskit.records import open_store

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
PAGES = ("report.html", "report-to-share.html")
SHARED = ("report-to-share.html", "report.pdf", "brief.md")
KEPT_APART = {"text.parquet", "event_text.parquet", "rejected.parquet"}
RECORDS = {"records.sqlite", "records.sqlite-wal", "records.sqlite-shm"}
WRITE_UPS = (
    "trend_report",
    "root_cause_session",
    "case_deep_dive",
    "escalation_brief",
    "oncall_handover",
    "pattern_scan",
)
ON_DUTY = {"escalation_brief", "oncall_handover"}
CASE_ID = re.compile(r"5005g\w+")
HOOKS = """
window.violated = []; window.asked = [];
document.addEventListener('securitypolicyviolation', e => window.violated.push(e.violatedDirective + ' ' + e.blockedURI));
for (const name of ['alert', 'confirm', 'prompt', 'open']) { window[name] = () => { window.asked.push(name); }; }
"""
FOREIGN = """() => [...document.querySelectorAll('main *')].filter(node =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'IMG', 'LINK', 'BASE', 'FORM', 'STYLE'].includes(node.tagName)
    || [...node.attributes].some(given => given.name.startsWith('on')
        || (['href', 'src'].includes(given.name) && !given.value.startsWith('#')))).map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def call(home):
    (home / "tmp").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    places = {"HOME": home, "XDG_CACHE_HOME": home / "cache", "TMPDIR": home / "tmp", "PYTHONPATH": ROOT}
    settings = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "TSKIT_CHROMIUM": chromium()}

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "tskit.cli", *map(str, arguments)],
            cwd=home,
            env=kept | {name: str(value) for name, value in places.items()} | settings,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
            umask=0o022,
        )

    return call


@pytest.fixture(scope="module")
def book(home, call):
    sample = call("init", home / "sample", "--sample", "--cases", 6_000)
    assert sample.returncode == 0, sample.stderr
    ids = hostile_casebook(home / "sample", home / "book")
    hostile_tags(home / "book", ids)
    hostile_duty(home / "book", subjects=[lead(home / "book"), *_odd_cases(home / "book")[:2]])
    return home / "book"


def lead(book):
    """Return the case that the planted incident is told of, whose id no payload has replaced."""
    stories = json.loads((book / "truth.json").read_text(encoding="utf-8"))["stories"]
    return next(story["lead_case_id"] for story in stories if story["name"] == "incident")


def _odd_cases(book):
    with open_store(book / "records.sqlite") as store:
        return [entry.subject for entry in store.entries("tags") if "evil.example" in entry.subject]


@pytest.fixture(scope="module")
def odd_case(book):
    """Return the id of a tagged case, which is an attack itself."""
    return _odd_cases(book)[0]


@pytest.fixture(scope="module", params=WRITE_UPS)
def done(call, book, odd_case, request):
    """Return what the terminal was told by a run with every format."""
    asked = {
        "root_cause_session": ["start=2026-08-10", "end=2026-11-01"],
        "case_deep_dive": [f"case_id={odd_case}"],
        "escalation_brief": [f"case_id={lead(book)}", f"case_id={odd_case}", "linked=true"],
    }
    pairs = [part for pair in asked.get(request.param, []) for part in ("-p", pair)]
    done = call("run", request.param, "--casebook", book, "--to", "pdf", *pairs)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def run(done):
    return Path(done.stdout.splitlines()[-1]).parent


def words_of(path):
    if path.suffix != ".pdf":
        return path.read_text(encoding="utf-8")
    from pypdf import PdfReader  # noqa: PLC0415  # only for this format

    return "".join(page.extract_text() for page in PdfReader(path).pages)


def holds(path):
    content = path.read_bytes()
    if content.startswith(b"PAR1"):
        # Its pages are compressed: what it holds is seen in its rows alone.
        content += repr(pq.read_table(path).to_pydict()).encode()
    return any(form in content for form in (CANARY.encode(), CANARY.encode("utf-16-le"), CANARY[::-1].encode()))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_nothing_asks_nobody_and_breaks_no_policy(run, name):
    with closed_browser() as page:
        told, asked = [], []
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(HOOKS)
        # From loopback: the gate of this browser lets nothing else through, files neither.
        body = (run / name).read_text(encoding="utf-8")
        page.route(
            "http://127.0.0.1:9/page", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")
        )
        page.goto("http://127.0.0.1:9/page")
        page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        page.mouse.wheel(0, 60_000)
        page.wait_for_timeout(300)
        state = page.evaluate("() => [window.pwned ?? null, window.violated, window.asked]")
        assert state == [None, [], []]
        assert (told, page.errors, page.refused, asked) == ([], [], [], ["http://127.0.0.1:9/page"])
        assert page.evaluate(FOREIGN) == []
        shown = page.inner_text("body")
        assert "window.pwned" in shown  # the attacks are there, as text
        assert not re.search("[\\u202e\\u2066\\u200b\\x1b\\x9b]", shown)


def test_the_notebook_runs_nothing_in_jupyterlab(run, tmp_path):
    with Lab(tmp_path / "server") as lab, closed_browser() as page:
        page.add_init_script(HOOKS)
        (lab.notebooks / "run.ipynb").write_bytes((run / "notebook.ipynb").read_bytes())
        lab.open(page, "run.ipynb")
        page.wait_for_selector(".jp-OutputArea-output")
        cells = page.locator(".jp-Notebook .jp-Cell")
        for number in range(cells.count()):
            cells.nth(number).scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert page.evaluate("() => window.pwned ?? null") is None
        assert page.evaluate("() => window.asked") == []
        assert page.refused == []
        assert page.errors == []
        assert (
            page.locator(
                ".jp-OutputArea-output :is(img, iframe, script, object, embed, base, meta, [onerror], [onload])"
            ).count()
            == 0
        )


def test_files_to_share_name_no_case_and_call_nowhere(run, odd_case):
    for name in SHARED:
        words = words_of(run / name)
        # A brief for the team says so, and names its cases and who has them.
        if name != "brief.md" or "For the team: " not in words.splitlines()[0]:
            assert CASE_ID.findall(words) == [], name
            assert odd_case not in html.unescape(words), name
            assert NAMED not in words, name
        assert NOTED not in words, name
    assert "https://" not in words_of(run / "brief.md")
    assert "pwned=12" not in words_of(run / "report.html")


def test_what_was_written_on_duty_is_on_the_teams_own_page_alone(run):
    if run.name.split("-")[1] not in ON_DUTY:
        pytest.skip("This write-up reads no log of duty.")
    noted = {path.name for path in run.rglob("*") if path.is_file() and NOTED.encode() in path.read_bytes()}
    assert noted == {"report.html", "notebook.ipynb"}


@pytest.mark.parametrize("name", PAGES)
def test_no_word_makes_a_page_wider_than_a_phone(run, name):
    with closed_browser() as page:
        page.set_viewport_size({"width": 390, "height": 844})
        body = (run / name).read_text(encoding="utf-8")
        page.route(
            "http://127.0.0.1:9/page", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")
        )
        page.goto("http://127.0.0.1:9/page")
        page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        page.wait_for_timeout(300)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_no_case_is_among_the_aggregates_and_no_table_is_a_formula_or_a_command(run):
    assert not (run / "data" / "gravest_cases.csv").exists()
    for path in (run / "data").iterdir():
        assert re.fullmatch(r"[a-z0-9_-]+\.csv", path.name)
        text = path.read_text(encoding="utf-8")
        assert not CASE_ID.search(text), path.name
        assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]", text), path.name
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        assert [cell for cell in cells if re.match(r"\s*[=@|]", cell)] == [], path.name


def test_the_canary_is_nowhere_but_in_the_sources_and_where_only_the_owner_reads(done, run, home, book):
    assert CANARY not in done.stdout + done.stderr
    paths = [path for path in home.rglob("*") if path.is_file() and book / "data" not in path.parents]
    holders = {path.name for path in paths if holds(path)}
    assert "text.parquet" in holders
    assert holders <= KEPT_APART | RECORDS
    assert CANARY not in words_of(run / "report.pdf")
    for path in paths:
        if path.name in KEPT_APART:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        if path.name in RECORDS:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_terminal_is_told_no_control_and_no_word_of_the_home_folder_is_kept(done, run, home, book, call):
    looked = call("check", "", "--casebook", book)
    assert looked.returncode == 0, looked.stderr
    for text in (done.stdout, done.stderr, looked.stdout, looked.stderr):
        assert all(line.isprintable() for line in text.splitlines())
        assert CANARY not in text
    for name in ("manifest.json", "notebook.ipynb", "findings.json", *SHARED):
        assert str(home) not in words_of(run / name), name


def test_nothing_is_left_behind_for_others(done, home):
    assert done.returncode == 0
    assert [path.name for path in (home / "tmp").iterdir() if path.name.startswith("tskit")] == []
    key = home / ".config" / "tskit" / "pseudonym.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) >= 32
    history = list(home.rglob("history.sqlite*"))
    assert history == []


def test_every_kind_of_attack_came_as_far_as_the_notebook(run):
    said = str(nbformat.read(run / "notebook.ipynb", as_version=4))
    kinds = [payload for payload in PAYLOADS if repr(payload[:12])[1:-1] in said]
    assert len(kinds) >= len(PAYLOADS) // 2
