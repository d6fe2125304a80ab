"""The page answers first, in one file that runs nothing but its own script."""

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from nbconvert.exporters import get_exporter

from tests.support.notebooks import RECORD_URL, hostile, trend_report
from tskit.charts.theme import DARK, LIGHT
from tskit.export import html
from tskit.export.html import ReportExporter
from tskit.export.html.tokens import variables


class Page(HTMLParser):
    """Every element with its attributes, in order, and the text between."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.elements if tag == name]


def _section(page, heading):
    return page.partition(f">{heading}</h2>")[2].partition("<h2")[0]


def test_the_answer_comes_before_the_findings_and_they_before_the_sections(report):
    order = [
        "<h1>Impersonation podcasts in Indonesia",
        'class="lead"',
        'class="tiles"',
        'id="findings"',
        ">What moved</h2>",
        'id="provenance"',
    ]
    places = [report.index(part) for part in order]
    assert places == sorted(places)


def test_headings_step_down_one_level_at_a_time(report):
    levels = [int(tag[1]) for tag, _ in Page(report).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_scope_is_told_beside_the_title(report):
    scope = report.partition('class="scope"')[2].partition("</ul>")[0]
    for chip in (
        "Risk trend report",
        "26 Oct to 1 Nov 2026, Asia/Singapore",
        "market: ID, TH",
        "compared with 28 Sep to 4 Oct 2026",
        "6,912 cases opened in the period",
    ):
        assert chip in scope


def test_sample_data_is_loud(report):
    assert 'class="band sample"' in report
    assert "SAMPLE DATA · INTERNAL" in report


def test_a_tile_shows_value_change_verdict_and_course(report):
    tile = report.partition("Closed within the SLA")[2].partition("</li>")[0]
    assert "91.3" in tile
    assert "▼ −2.1 points (−3.0 to −1.2)" in tile
    assert "target missed" in tile
    assert "(at least 95 %)" in tile
    assert 'class="spark"' in tile


def test_tone_and_certainty_are_said_in_words_too(report):
    card = report.partition('class="finding worse change"')[2].partition("</article>")[0]
    assert "Change, worse" in card
    assert "Very high" in card
    assert card.count('class="on"') == 4


def test_evidence_leads_to_the_figure_or_table_that_it_names(report):
    page = Page(report)
    ids = {attributes.get("id") for _, attributes in page.elements}
    hrefs = [attributes["href"] for attributes in page.all("a")]
    inner = [href[1:] for href in hrefs if href.startswith("#")]
    assert set(inner) <= ids
    assert 'href="#s-figure-spike_by_day">Figure 1: daily cases</a>' in report
    assert 'href="#s-table-severe">Table 3</a>' in report


def test_ids_are_unique(report, hostile_report):
    for page in (report, hostile_report):
        ids = [attributes["id"] for _, attributes in Page(page).elements if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_a_figure_is_drawn_in_the_page_with_its_words_and_its_data(report):
    figure = report.partition('id="s-figure-spike_by_day"')[2].partition("</figure>")[0]
    assert figure.count('role="img"') == 2  # for a wide and for a narrow page
    assert "Data behind this figure" in figure
    assert "27 Oct 2026" in figure


def test_code_is_folded_once_at_the_end_of_its_section_and_names_what_it_made(report):
    section = _section(report, "What moved")
    assert section.count("How this was computed") == 1
    assert section.index("How this was computed") > section.rindex("</figure>")
    assert '<p class="made">Figure 1</p>' in section
    assert '<p class="made">Figure 2</p>' in section


def test_code_before_the_first_section_opens_that_of_the_next(report):
    assert ">import</span>" in _section(report, "What was asked").partition("How this was computed")[2]
    assert report.partition('id="findings"')[2].partition("<h2")[0].count("How this was computed") == 0


def test_a_mark_says_its_values_to_whoever_points_at_it(report):
    figure = report.partition('id="s-figure-spike_by_day"')[2].partition("</figure>")[0]
    assert "<title>Wed 28 Oct" in figure
    assert "Value: 151" in figure
    titles = re.findall(r"<title>([^<]*)</title>", figure)
    assert len(titles) >= 2 * 56
    assert not any(": \u2013" in title or "undefined" in title for title in titles)


def test_a_table_prints_by_unit_and_aligns_figures(report):
    table = report.partition('id="s-table-queues"')[2].partition("</figure>")[0]
    assert '<th scope="col" class="num short">Open cases</th>' in table
    assert "<bdi>95.1\u00a0%</bdi>" in table
    assert "<bdi>4.2\u00a0h</bdi>" in table
    assert "<bdi>1,213</bdi>" in table
    assert "scroll long" in table


def test_the_account_of_the_load_is_shown_with_its_reasons(report):
    assert "<dt>rows read</dt><dd>53,799</dd>" in report
    assert "the latest of several different rows with one id" in report
    assert "<code>handle_minutes</code>" in report


def test_parameters_are_told_and_their_cell_is_not(report):
    assert "<bdi>ID, TH</bdi>" in report
    assert "tskit run trend_report -p start=2026-10-26 -p end=2026-11-01 -p market=ID,TH" in report
    assert "injected" not in report
    assert "start: <span" not in report


def test_cases_link_to_the_system_of_record_in_the_teams_copy(report):
    assert '<a href="https://desk.example/cases/5003x0000Ab12" rel="noopener noreferrer">5003x0000Ab12</a>' in report
    assert "NAMES CASES" in report


def test_a_copy_to_share_names_no_case(notebook):
    shared = html.page(notebook, html.Setting(run="r", record_url=RECORD_URL, is_shared=True))
    assert "5003x0000" not in shared
    assert "desk.example" not in shared
    assert "NAMES CASES" not in shared
    assert "Single cases are not listed in this copy" in shared


@pytest.mark.parametrize(
    "url",
    ["javascript:alert({case_id})", "data:text/html,{case_id}", "https://x y/{case_id}", 'https://x"><b>{case_id}'],
)
def test_a_record_url_that_is_no_web_address_gives_no_link(url):
    assert html.Setting(record_url=url).link("1") == ""


def test_the_policy_names_style_and_script_by_hash_and_nothing_else(report):
    policy = Page(report).all("meta")[1]["content"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        [inner] = re.findall(rf"<{tag}>(.*?)</{tag}>", report, flags=re.DOTALL)
        digest = base64.b64encode(sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_on_the_page_loads_or_acts(report, hostile_report):
    for text in (report, hostile_report):
        page = Page(text)
        names = {tag for tag, _ in page.elements}
        assert (
            names
            & {
                "iframe",
                "object",
                "embed",
                "link",
                "base",
                "form",
                "input",
                "video",
                "audio",
                "use",
                "image",
                "foreignobject",
                "animate",
            }
            == set()
        )
        assert len(page.all("script")) == len(page.all("style")) == 1
        for _, attributes in page.elements:
            assert not any(
                name.startswith("on") or name in {"style", "srcset", "xlink:href", "formaction"} for name in attributes
            )
            assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
            assert re.match(r"#[\w-]+$|https://desk\.example/cases/", attributes.get("href", "#x"))


def test_hidden_controls_of_hostile_text_are_shown_as_what_they_are(hostile_report):
    assert "\u202e" not in hostile_report
    assert "⟦U+202E⟧" in hostile_report
    assert "\u0351" * 5 not in hostile_report


def test_a_notebook_gives_the_same_bytes_twice(notebook, report):
    again = html.page(trend_report(), html.Setting(run="2026-11-02T0104Z-trend_report-7c1e", record_url=RECORD_URL))
    assert again == report


def test_page_and_charts_share_one_set_of_colours(report):
    style = report.partition("<style>")[2].partition("</style>")[0]
    for tokens in (LIGHT, DARK):
        for name, colour in variables(tokens).items():
            assert f"--{name}:{colour};" in style
    used = set(re.findall(r"var\(--([\w-]+)\)", report))
    assert used - {"sans", "mono", "round"} <= variables(LIGHT).keys()
    figure = report.partition('id="s-figure-spike_by_day"')[2].partition("</figure>")[0]
    assert not re.search(r"(?:fill|stroke)=\"#", figure)


def test_a_map_of_blended_colours_is_drawn_for_each_theme(report):
    figure = report.partition('id="s-figure-arrivals"')[2].partition("</figure>")[0]
    assert figure.count("on-light") == figure.count("on-dark") == 2


def test_a_chart_that_cannot_be_drawn_keeps_its_words_and_its_data():
    notebook = trend_report()
    mime = "application/vnd.tskit.vegalite+json"
    bundles = [output.data for cell in notebook.cells for output in cell.get("outputs", []) if mime in output.data]
    bundles[0][mime]["spec"] = {"mark": "nonsense", "encoding": 3}
    page = html.page(notebook, html.Setting())
    figure = page.partition('id="s-figure-spike_by_day"')[2].partition("</figure>")[0]
    assert '<p class="instead">Line chart of cases opened per day' in figure
    assert "Data behind this figure" in figure


@pytest.mark.parametrize(("caption", "said"), [("No case moved.", "No case moved."), ("", "No rows.")])
def test_a_table_without_rows_says_one_sentence(caption, said):
    """Its caption tells why there are none; only where it has no caption the page says so itself."""
    notebook = trend_report()
    mime = "application/vnd.tskit.table+json"
    bundles = [output.data for cell in notebook.cells for output in cell.get("outputs", []) if mime in output.data]
    bundle = next(bundle[mime] for bundle in bundles if bundle[mime].get("role") != "headlines")
    bundle |= {"key": "moves", "rows": [], "caption": caption}
    page = html.page(notebook, html.Setting())
    drawn = page.partition('id="s-table-moves"')[2].partition("</p>")[0]
    assert said in drawn
    assert ("No rows." in drawn) is not bool(caption)
    assert "<table" not in drawn


def test_nbconvert_finds_the_exporter(notebook):
    assert get_exporter("tskit.export.html.ReportExporter") is ReportExporter
    body, resources = ReportExporter().from_notebook_node(notebook)
    assert body.startswith("<!doctype html>")
    assert resources["output_extension"] == ".html"


def test_a_notebook_that_says_nothing_still_makes_a_page():
    empty = hostile()
    empty.cells, empty.metadata = [], {}
    assert "<h1>Report</h1>" in html.page(empty, html.Setting())


def test_a_failed_step_is_told_without_its_message():
    notebook = hostile()
    notebook.cells = [cell for cell in notebook.cells if cell.source == "print()"]
    notebook.cells[0].outputs[1].update(ename="ValueError", evalue="CANARY", traceback=["CANARY"])
    page = html.page(notebook, html.Setting())
    assert "This step stopped: ValueError." in page
    assert "CANARY" not in page
