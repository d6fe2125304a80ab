"""The review queue in a real JupyterLab on a casebook whose every word is an attack: text stays text, and nothing is kept."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.lab import Lab, chromium, closed_browser
from tests.browser.review_desk import keep_widget_state, open_desk, press, save_notebook, shown
from tests.support.hostile_casebook import CANARY, hostile_casebook
from tests.support.hostile_tags import ROUND, hostile_tags
from tests.support.samples import shared_sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOOKS = """
window.asked = [];
for (const name of ['alert', 'confirm', 'prompt', 'open']) { window[name] = () => { window.asked.push(name); }; }
"""
FOREIGN = """() => [...document.querySelectorAll('.tk-review *')].filter(node =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'IMG', 'LINK', 'BASE', 'FORM', 'STYLE', 'SVG', 'META'].includes(node.tagName.toUpperCase())
    || [...node.attributes].some(given => given.name.startsWith('on')
        || ['href', 'src', 'style', 'srcdoc'].includes(given.name))).map(node => node.outerHTML.slice(0, 120))"""
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
CASES = "order=sorted(cases.cases.select('case_id').to_pyarrow()['case_id'].to_pylist(), key=lambda i: i.startswith('5005g'))"


@pytest.fixture(scope="module")
def casebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    ids = hostile_casebook(shared_sample(tmp_path_factory, cases=6_000), folder / "book")
    hostile_tags(folder / "book", ids)
    return folder / "book"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    chromium()
    with Lab(tmp_path_factory.mktemp("lab") / "server") as lab:
        keep_widget_state(lab)
        yield lab


@pytest.fixture
def page():
    with closed_browser() as page:
        page.add_init_script(HOOKS)
        yield page


def nothing_happened(page):
    assert page.evaluate("() => window.pwned ?? null") is None
    assert page.evaluate("() => window.asked") == []
    assert page.refused == []
    assert page.errors == []
    assert page.evaluate(FOREIGN) == []
    said = page.inner_text(".tk-review")
    assert HIDDEN.findall(said) == []
    return said


def uncover(page):
    """Ask for the content as a person does: who sees nothing come up presses again."""
    for seconds in (10, 20, 60):
        page.evaluate("document.querySelector('.tk-review').focus()")
        press(page, "r")
        with suppress(TooLate):
            return page.wait_for_selector(".tk-text, .tk-withheld", timeout=seconds * 1000)  # some must not be shown
    raise AssertionError("The content of a case did not come up.")


def test_case_after_case_is_text_and_nothing_of_it_is_kept(lab, page, casebook):
    open_desk(lab, page, casebook, person="ann", name="hostile.ipynb", call=f"review(cases, person='ann', {CASES})")
    seen = ""
    for _ in range(24):
        uncover(page)
        seen += nothing_happened(page)
        before = shown(page)
        press(page, "j")
        page.wait_for_function("(before) => document.querySelector('.tk-id').textContent !== before", arg=before)
    assert [word for word in ("window.pwned=1", "onerror", "⟦U+202E⟧", CANARY) if word not in seen] == []
    save_notebook(page)
    for path in lab.folder.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path.name


def test_causes_snippets_advice_and_what_others_wrote_are_text(lab, page, casebook):
    call = (
        "from tskit.causes import open_log, suggester\nlog = open_log(cases.casebook)\n"
        f"review(cases, log=log, person='bob', round={ROUND!r}, order=[e.subject for e in log.store.entries('tags')][:6], "
        "suggest=suggester(cases, log).suggest, adjudicate=True)"
    )
    open_desk(lab, page, casebook, person="bob", name="others.ipynb", call=call)
    page.evaluate("document.querySelector('.tk-review').focus()")
    page.wait_for_timeout(300)
    assert CANARY in nothing_happened(page)  # what the two wrote is there to be read
    for keys in (["2"], ["Escape", "."], ["Escape", "/", *"evil"], ["Escape", "Escape", "?"]):
        press(page, *keys, gap=80)
        page.wait_for_timeout(300)
        nothing_happened(page)
    save_notebook(page)
    for path in lab.folder.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path.name
