import pytest

from tests.browser.lab import Lab, chromium, closed_browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FRAMES = """
from datetime import date, timedelta
import pandas as pd
from tskit.charts import *
HOSTILE = ["</script><img src=x onerror=alert(1)>", "a.b[c]'{signal: 1}", "น้ำใจ กำลัง"]
days = [date(2026, 10, 5) + timedelta(days=i) for i in range(28)]
daily = pd.DataFrame({"period_start": days, "value": range(28), "expected_low": 2, "expected_high": 20})
daily["is_complete"] = [True] * 27 + [False]
weekly = pd.DataFrame([(d, n, 1 / 3, v) for d in days[::7] for v, n in enumerate(HOSTILE)],
                      columns=["period_start", "image", "value", "n"])
changes = pd.DataFrame({"image": HOSTILE, "change": [0.4, 0.1, -0.2], "change_low": [0.2, -0.1, -0.4], "change_high": [0.6, 0.3, 0.0]})
cells = pd.DataFrame([(w, h, w * h) for w in range(1, 8) for h in range(24)], columns=["weekday", "hour", "value"])
ages = pd.DataFrame({"bucket": ["0-4 h", "over 7 d"], "value": [40, 3]})
rates = pd.DataFrame({"image": HOSTILE, "value": [0.1, 0.2, 0.9], "n": [10, 100, 400]})
limits = pd.DataFrame({"n": [5, 500], "low_95": [0, 0.1], "high_95": [0.6, 0.3], "low_998": [0, 0.05], "high_998": [0.9, 0.4]})
about = lambda key, unit="cases": About(key, "<b>Title</b> of " + key, "Cases opened", unit)
"""
CELLS = {
    "over_time": 'over_time(daily, about=about("over_time"), events={days[3]: "begins"})',
    "small_multiples": 'small_multiples(weekly, about=about("small_multiples", "share"), by="image", period="week")',
    "ranked_change": 'ranked_change(changes, about=about("ranked_change", "share"), by="image")',
    "weekday_hour": 'weekday_hour(cells, about=about("weekday_hour"))',
    "share_over_time": 'share_over_time(weekly, about=about("share_over_time", "share"), by="image")',
    "ageing": 'ageing(ages, about=about("ageing"))',
    "funnel": 'funnel(rates, about=about("funnel", "share"), by="image", limits=limits, centre=0.2)',
    "empty": 'over_time(daily.iloc[:0], about=about("empty"))',
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    chromium()
    with Lab(tmp_path_factory.mktemp("lab") / "server") as lab, closed_browser() as page:
        lab.write("figures.ipynb", FRAMES, *CELLS.values())
        lab.open(page, "figures.ipynb")
        lab.run_all(page)
        page.wait_for_function(
            "count => document.querySelectorAll('.jp-OutputArea-output .vega-embed svg.marks').length >= count",
            arg=len(CELLS),
        )
        yield page


@pytest.mark.parametrize("key", CELLS)
def test_a_figure_draws_live_in_jupyterlab_with_the_network_closed(page, key):
    """JupyterLab 4 carries Vega-Lite 5 and no other: the figure has to be drawn by that, not shown as text."""
    place = list(CELLS).index(key)
    drawn = page.locator(".jp-OutputArea-output .vega-embed").nth(place)
    drawn.scroll_into_view_if_needed()
    box = drawn.locator("svg.marks").bounding_box()
    assert box["width"] > 600
    assert box["height"] > 80
    page.wait_for_timeout(50)


def test_days_stand_where_they_stand_in_a_browser_on_the_other_side_of_the_date_line(page):
    words = page.locator(".jp-OutputArea-output .vega-embed").nth(0).locator("svg text").all_text_contents()
    assert [word for word in words if word.endswith("Oct")] == ["5 Oct", "12 Oct", "19 Oct", "26 Oct"]


def test_a_hostile_name_stays_text_in_a_tooltip(page):
    drawn = page.locator(".jp-OutputArea-output .vega-embed").nth(list(CELLS).index("ranked_change"))
    drawn.scroll_into_view_if_needed()
    drawn.locator("svg .mark-symbol path").last.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert "Segment" in page.inner_text("#vg-tooltip-element")
    assert page.locator("#vg-tooltip-element img").count() == 0


def test_nothing_was_asked_of_the_network_and_nothing_went_wrong(page):
    assert page.refused == []
    assert page.errors == []
    assert page.warnings == []
    assert page.locator(".jp-OutputArea-output img[src='x']").count() == 0
    described = page.locator(".vega-embed").evaluate_all(
        "all => all.map(one => (one.querySelector('[aria-label]') || one.closest('[aria-label]'))?.ariaLabel)"
    )
    assert len(described) == len(CELLS)
    assert all(words and (" of " in words or "Nothing to draw" in words) for words in described)
    assert page.locator(".vega-embed summary").count() == 0  # its menu would hand the data to vega.github.io
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
