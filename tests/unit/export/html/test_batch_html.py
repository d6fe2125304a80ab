"""The page of a batch as a file: what stands out and why, the table, the panels of one scale, and what has no report."""

import html
import re
from dataclasses import replace

import pytest

from tests.support.notebooks import PAYLOADS
from tests.support.run_rows import MADE, batch, hostile_batch, trend
from tskit.export.html import batch_page
from tskit.export.html.batch_drawing import multiples
from tskit.export.html.batch_words import answer, name_of, outstanding, stays
from tskit.model import Claim, Headline

SURE = Claim("change", "worse", "very high", "Scam rose")
LIKELY = Claim("change", "worse", "moderate", "Overturns rose")
MISSED = Claim("target", "worse", "very high", "SLA missed")
QUIET = Claim("steady", "neutral", "high", "Nothing else moved")


@pytest.fixture
def drawn(tmp_path):
    def draw(summary):
        folder = tmp_path / summary.id if summary.id.startswith("batch-") else tmp_path
        folder.mkdir(exist_ok=True)
        return batch_page(summary, folder, made=MADE).read_text(encoding="utf-8")

    return draw


def plain(page):
    body = page.partition("<main")[2].partition("<script>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def runs(*told):
    return [trend(n, told=claims, asked=(("market", f"M{n}"),)) for n, claims in enumerate(told)]


def weekly(*values, unit="cases", **more):
    return Headline("m", "Opened", values[-1], unit, str(values[-1]), spark=tuple(values), **more)


@pytest.mark.parametrize(("certainty", "most"), [("very high", 500), ("high", 5), ("moderate", 1), ("low", 0), ("", 0)])
def test_a_finding_stays_beyond_noise_for_as_many_runs_as_its_certainty_carries(certainty, most):
    assert [n for n in (1, 5, 6, 40, 500, 501) if stays(certainty, runs=n)] == [
        n for n in (1, 5, 6, 40, 500, 501) if n <= most
    ]


def test_what_one_report_calls_a_change_is_chance_among_many_unless_it_is_very_sure():
    found = outstanding(runs((SURE, LIKELY), (LIKELY,), (QUIET,), (MISSED,)), ("market",))
    assert [(one.name, one.claims) for one in found.beyond] == [("M0", (("Scam rose", "very high"),))]
    assert [(one.name, one.claims) for one in found.alone] == [
        ("M0", (("Overturns rose", "moderate"),)),
        ("M1", (("Overturns rose", "moderate"),)),
    ]
    assert [one.name for one in found.missed] == ["M3"]
    assert found.compared == 4


def test_runs_without_a_report_are_not_counted_among_the_compared():
    rows = [
        replace(row, status=status)
        for row, status in zip(runs((SURE,), (SURE,), (QUIET,)), ("ok", "failed", "no_data"), strict=True)
    ]
    found = outstanding(rows, ("market",))
    assert (found.compared, len(found.beyond)) == (1, 1)


def test_that_nothing_stands_out_is_a_result():
    said = answer(outstanding(runs((QUIET,), (QUIET,)), ("market",)))
    assert said == "None stands out: no change is more than noise once all 2 runs are counted, which is a result."


def test_what_stands_out_is_named_and_what_may_be_chance_is_said_to_be():
    said = answer(outstanding(runs((SURE,), (LIKELY,), (MISSED,)), ("market",)))
    assert said.startswith("M0 stands out: more than noise also when all 3 runs are counted.")
    assert "1 run missed a target." in said
    assert "may be chance" in said


def test_of_many_that_stand_out_a_few_are_named():
    said = answer(outstanding(runs(*[(SURE,)] * 9), ("market",)))
    assert said.startswith("M0, M1, M2, M3 and 5 more stand out")


def test_a_run_is_named_by_what_varies():
    asked = (("market", "ID"), ("queue", "scam"), ("start", ""))
    assert name_of(asked, ("market", "start")) == "ID · all"
    assert name_of(asked, ()) == "ID · scam · all"
    assert name_of((), ("market",), "run-1") == "run-1"


def test_panels_share_one_scale_that_begins_at_nothing_for_amounts():
    made = multiples([weekly(10.0, 20.0, 30.0), weekly(100.0, 200.0, 180.0)], ["a", "b"])
    assert (made.bottom, made.top, made.weeks) == ("0", "200", 3)
    small, large = made.panels
    assert small.y > large.y  # lower on the page
    assert large.line.split("L")[1].split()[1] == "12.0"  # 200 is the top


def test_shares_are_drawn_around_what_there_is():
    made = multiples([weekly(0.96, 0.97, 0.98, unit="share"), weekly(0.93, 0.95, 0.94, unit="share")], ["a", "b"])
    assert (made.bottom, made.top) == ("90\u00a0%", "100\u00a0%")


def test_the_latest_weeks_stand_below_each_other_and_gaps_stay_gaps():
    long, short, gappy = multiples(
        [weekly(1.0, 2.0, 3.0, 4.0, 5.0), weekly(3.0, 4.0, 5.0), weekly(1.0, None, 3.0, None, 5.0)], ["a", "b", "c"]
    ).panels
    assert long.x == short.x == gappy.x
    assert short.line == "M" + long.line.split("L", 2)[2]
    assert gappy.line.count("M") == 3
    assert "no value" in gappy.said


def test_the_dotted_line_is_the_median_of_the_runs_that_have_the_week():
    rows = [weekly(0.0, 10.0, 10.0), weekly(0.0, 20.0, 10.0), weekly(0.0, 60.0, 10.0)]
    made = multiples([*rows], ["a", "b", "c"])
    assert made.middle == made.panels[1].line


def test_without_weeks_values_stand_with_their_intervals():
    figures = [Headline("m", "Opened", v, "cases", f"{v:.0f}", low=v - 5, high=v + 5) for v in (10.0, 20.0)]
    first, second = multiples(figures, ["a", "b"]).panels
    assert first.low < first.x < first.high < second.high
    assert first.said == "a, Opened: 10, 5 to 15"


@pytest.mark.parametrize("figures", [[], [None, None], [weekly(1.0, 2.0, 3.0), None]])
def test_one_run_alone_is_compared_with_nothing(figures):
    assert multiples(figures, [str(n) for n in range(len(figures))]) is None


def test_values_that_are_no_numbers_break_nothing():
    odd = [weekly(float("nan"), 1.0, 2.0, 3.0, float("inf")), weekly(0.0, 0.0, 0.0), weekly(-5.0, 1e300, 3.0)]
    made = multiples(odd, ["a", "b", "c"])
    assert "nan" not in "".join(panel.line for panel in made.panels)


def test_the_table_has_every_run_of_the_plan_and_says_why_one_has_no_report(drawn):
    page = drawn(batch())
    assert page.count("<tr data-s=") == 40
    said = plain(page)
    assert "36 of 40 runs are done; 2 found no data, 1 failed and 1 was not run" in said
    assert "No case falls into the scope." in said
    assert "The batch was stopped before its turn came." in said
    assert "tskit batch trend_report --grid mondays.toml --resume" in said


def test_links_lead_from_the_batchs_own_folder(drawn):
    summary = batch()
    page = drawn(summary)
    assert f'href="./{summary.rows[0].id}/report.html"' in page
    assert "./batch-20261123/" not in page


def test_files_beside_the_page_are_linked_where_they_are(drawn, tmp_path):
    assert "summary.csv" not in drawn(batch())
    (tmp_path / batch().id / "summary.csv").write_text("")
    (tmp_path / "index.html").write_text("")
    page = drawn(batch())
    assert 'href="./summary.csv"' in page
    assert 'href="../index.html"' in page


def test_of_very_many_runs_the_panels_are_of_those_that_stand_out_first(drawn):
    page = drawn(batch(400))
    assert page.count('<li class="panel') == 60 * 5
    assert "60 of 396 runs: those that stand out, then the first ones" in plain(page)
    assert len(page.encode()) < 1_000_000


def test_a_batch_that_goes_on_says_so(drawn):
    assert "not finished yet" in plain(drawn(replace(batch(), finished="")))


def test_a_batch_without_a_run_says_so(drawn):
    page = drawn(replace(batch(), rows=(), missing=()))
    assert "No run yet" in page
    assert "<table" not in page


def test_attacks_in_every_word_of_a_batch_stay_text(drawn):
    page = drawn(hostile_batch())
    body = page.partition("<body")[2].rpartition("<script>")[0]
    assert not re.search(r"<(script|img|iframe|style|b on|svg on)", body)
    assert not re.search(r"<[^>]* on\w+=", body)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", page)
    assert set(re.findall(r'href="(.)', body)) <= {"#", "."}
    said = html.unescape(body)
    assert all(payload in said for payload in PAYLOADS if payload.isascii() and payload.isprintable())
