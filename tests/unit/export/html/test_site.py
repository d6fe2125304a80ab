"""The catalogue as a file: what it says of each run, what it never says, and how it is written."""

import html
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.notebooks import PAYLOADS
from tests.support.run_rows import MADE, MARKETS, hostile_rows, many, trend, weekly
from tskit.export.html import site
from tskit.export.html.site_words import band_of, counted, link
from tskit.model import Claim, Headline, Since


@pytest.fixture
def drawn(tmp_path):
    def draw(*rows, **settings):
        return site(rows, tmp_path, made=MADE, **settings).read_text(encoding="utf-8")

    return draw


def plain(page):
    """Return the text of the page's body, as a reader sees it."""
    body = page.partition("<main")[2].partition("<script>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def test_the_latest_run_comes_first_whatever_order_they_are_given_in(drawn):
    rows = [trend(n, at=MADE - timedelta(days=n)) for n in (3, 0, 5)]
    page = drawn(*rows)
    assert re.findall(r'id="run-(\S+?)"', page) == [rows[1].id, rows[0].id, rows[2].id]


def test_a_run_says_what_it_is_of_what_it_found_and_where_it_lies(drawn):
    row = trend(3, market="VN")
    page = drawn(row)
    said = plain(page)
    for part in (
        row.title,
        "8,354 cases were opened",
        "market VN",
        "26 Oct to 22 Nov 2026",
        "18 s",
        "4 findings",
        "Done",
    ):
        assert part in said
    for name in ("report.html", "report-to-share.html", "manifest.json"):
        assert f'href="./{row.id}/{name}"' in page


def test_a_headline_figure_has_its_unit_its_interval_and_its_change(drawn):
    figure = Headline(
        "sla", "SLA", 0.968, "share", "96.8\u202f%", "−0.8 points", "worse", "target missed", "", 0.95, 0.98
    )
    said = plain(drawn(trend(headlines=(figure,))))
    assert "SLA 96.8 % 95.0 % to 98.0 % −0.8 points target missed" in said


def test_files_that_are_not_there_are_not_linked(drawn):
    page = drawn(trend(files=("manifest.json",)))
    assert "report.html" not in page
    assert "report-to-share.html" not in page


@pytest.mark.parametrize(
    ("status", "word"),
    [("ok", "Done"), ("no_data", "No data"), ("failed", "Failed"), ("unfinished", "Unfinished")],
)
def test_how_a_run_ended_is_a_word_on_its_card(drawn, status, word):
    page = drawn(trend(status=status, failure="The reason."))
    assert f'<span class="state">{word}</span>' in page
    assert "The reason." in page


def test_each_figure_runs_through_the_runs_of_its_series_up_to_its_own(drawn):
    rows = [
        trend(n, at=MADE - timedelta(days=n), headlines=(Headline("m", "Opened", value, "cases", f"{value:.0f}"),))
        for n, value in enumerate((40.0, 30.0, 20.0, 10.0))
    ]
    said = re.findall(r"<title>(Opened[^<]*)</title>", drawn(*rows))
    assert said == [
        "Opened over 4 runs since Fri 20 Nov 2026: 10; 20; 30; 40",
        "Opened over 3 runs since Fri 20 Nov 2026: 10; 20; 30",
    ]


def test_runs_of_another_series_and_runs_without_a_value_are_no_points(drawn):
    def run(n, value, **changes):
        return trend(
            n, at=MADE - timedelta(days=n), headlines=(Headline("m", "Opened", value, "cases", str(value)),), **changes
        )

    rows = [run(0, 1.0), run(1, None), run(2, float("nan")), run(3, 2.0, series="other"), run(4, 3.0)]
    assert "Opened over" not in drawn(*rows)
    assert "Opened over 3 runs" in drawn(*rows, run(5, 4.0))


def test_what_changed_is_told_with_its_sign_and_leads_to_the_run_before(drawn):
    before = trend(0, at=MADE - timedelta(weeks=1))
    since = Since(before.id, ("Scam rose",), ("Backlog fell",), ("SLA 96 after 97",), "the data")
    page = drawn(trend(1, since=since), before)
    said = plain(page)
    assert (
        "Since the run before , because of the data: appeared Scam rose vanished Backlog fell changed SLA 96 after 97"
        in said
    )
    assert f'href="#run-{before.id}"' in page


def test_of_very_many_differences_a_few_are_told_and_the_others_counted(drawn):
    since = Since("x", tuple(f"Finding {n}" for n in range(9)))
    said = plain(drawn(trend(since=since)))
    assert "Finding 3" in said
    assert "Finding 4" not in said
    assert "and 5 more" in said


def test_runs_of_a_batch_stand_together_and_its_page_is_linked_where_it_is(drawn, tmp_path):
    rows = [trend(n, market=MARKETS[n], batch="batch-1", folder=f"batch-1/{n}") for n in range(3)]
    page = drawn(*rows, trend(9, at=MADE - timedelta(days=1)))
    assert page.count('<li class="batch">') == 1
    assert "Batch: Risk trends, 3 runs" in page
    assert "batch-1/index.html" not in page
    (tmp_path / "batch-1").mkdir()
    (tmp_path / "batch-1" / "index.html").write_text("")
    assert 'href="./batch-1/index.html"' in drawn(*rows)


def test_a_batch_says_in_how_many_of_its_runs_findings_changed(drawn):
    quiet, loud = Since("x"), Since("x", ("Scam rose",))
    rows = [trend(n, batch="b", folder=f"b/{n}", since=since) for n, since in enumerate((quiet, loud, None))]
    assert plain(drawn(*rows)).count("Findings changed in 1 of 3 since the runs before.") == 2  # in the lead as well


def test_where_a_run_failed_last_the_page_says_so_first(drawn):
    said = plain(drawn(trend(status="failed", title="", failure="It stopped.", files=("manifest.json",))))
    assert "The latest of them failed: Risk trends, run of Mon 23 Nov 2026, 18:30." in said


def test_the_title_adds_up_to_all_runs(drawn):
    rows = weekly()
    counts = Counter(row.status for row in rows)
    title = re.search(r"<h1[^>]*>(.*?)</h1>", drawn(*rows))[1]
    assert sum(int(n) for n in re.findall(r"\d+", title)) == len(rows) + sum(counts.values())
    assert title == f"{counts['ok']} of {len(rows)} runs are done; 2 found no data, 1 failed and 1 is unfinished"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"ok": 1}, "The one run is done"),
        ({"failed": 1}, "The one run failed"),
        ({"ok": 2}, "All 2 runs are done"),
        ({"no_data": 3}, "All 3 runs found no data"),
        ({"ok": 36, "no_data": 3, "failed": 1}, "36 of 40 runs are done; 3 found no data and 1 failed"),
        ({"failed": 1, "no_data": 1}, "0 of 2 runs are done; 1 found no data and 1 failed"),
        ({"ok": 1, "missing": 2}, "1 of 3 runs is done; 2 were not run"),
    ],
)
def test_counts_are_told_in_one_sentence(counts, said):
    assert counted(counts) == said


def test_an_empty_folder_says_how_the_first_run_is_made(drawn):
    page = drawn()
    assert "No run yet" in page
    assert "tskit run" in page
    assert 'id="filters"' not in page


@pytest.mark.parametrize(
    ("rows", "band", "words", "is_sample"),
    [
        ([trend()], "", "INTERNAL", False),
        ([trend()], "SECRET", "SECRET", False),
        ([trend(band="")], "", "INTERNAL · CONTAINS CASE AGGREGATES", False),
        ([trend(is_sample=True)], "", "SAMPLE DATA · INTERNAL", True),
        ([trend(is_sample=True)], "SAMPLE DATA · SYNTHETIC", "SAMPLE DATA · SYNTHETIC", True),
        ([trend(is_sample=True), trend(1, status="failed", band="")], "", "SAMPLE DATA · INTERNAL", True),
        ([trend(is_sample=True), trend(1)], "", "INTERNAL · SOME RUNS ARE OF SAMPLE DATA", False),
    ],
)
def test_the_band_is_the_casebooks_and_says_where_data_is_a_sample(rows, band, words, is_sample):
    assert band_of(rows, band) == (words, is_sample)


def test_only_what_lies_below_the_folder_is_ever_linked():
    assert link("a b", "report.html") == "./a%20b/report.html"
    assert link("javascript:alert(1)", "report.html") == "./javascript%3Aalert%281%29/report.html"
    assert link("x\"onclick='y'", "report.html") == "./x%22onclick%3D%27y%27/report.html"
    for folder in ("../x", "/etc", "a//b", "", ".", "..", "a/../b", "..\\x", "\ud800"):
        assert link(folder, "report.html") == ""


def test_attacks_in_every_word_of_a_run_stay_text(drawn):
    page = drawn(*hostile_rows())
    body = page.partition("<body")[2].rpartition("<script>")[0]
    assert not re.search(r"<(script|img|iframe|style|b on|svg on)", body)
    assert not re.search(r"<[^>]* on\w+=", body)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", page)
    assert set(re.findall(r'href="(.)', body)) <= {"#", "."}
    said = html.unescape(body)
    assert all(payload in said for payload in PAYLOADS if payload.isascii() and payload.isprintable())


def test_every_id_of_the_page_is_there_once_also_where_runs_have_odd_names(drawn):
    page = drawn(*hostile_rows(), *weekly())
    counted_ids = Counter(re.findall(r'\sid="([^"]*)"', page))
    assert [name for name, n in counted_ids.items() if n > 1] == []
    targets = set(re.findall(r'href="#([^"]*)"', page))
    assert targets <= counted_ids.keys()


def test_the_same_rows_give_the_same_bytes(drawn):
    assert drawn(*weekly()) == drawn(*reversed(weekly()))


def test_a_page_that_cannot_be_written_leaves_the_old_one_whole(tmp_path, monkeypatch):
    path = site([trend()], tmp_path, made=MADE)
    before = path.read_bytes()

    def fail(self, target):
        raise OSError("The disk is full.")

    monkeypatch.setattr(type(path), "replace", fail)
    with pytest.raises(OSError, match="disk"):
        site([trend(2)], tmp_path, made=MADE)
    assert path.read_bytes() == before


def test_two_thousand_runs_fit_into_three_megabytes(drawn):
    page = drawn(*many(2_000))
    assert page.count("data-s=") == 2_000
    assert len(page.encode()) < 3_000_000


def test_claims_can_be_searched_for_and_are_those_of_the_row_alone(drawn):
    page = drawn(trend(told=(Claim("change", "worse", "high", "Threats rose in one place"),)))
    assert "Threats rose in one place" in page


def test_a_run_that_breaks_off_without_a_time_stands_last(drawn):
    row = trend(5, started="", status="unfinished", id="zzz")
    page = drawn(row, trend(1))
    assert page.index("Not known when") > page.index("November 2026")
    assert replace(row, title="").kind in page
