import json
import os
import re
import subprocess
import sys

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert as vlc

from tskit.charts import FIGURE_MIME
from tskit.charts.theme import DARK, LIGHT, recolour
from tskit.errors import ParameterError

LAB_MIME = "application/vnd.vegalite.v5+json"
VALUE = {
    "ranked_change": "change",
    "cause_trend": "k",
    "fishbone": "k",
    "hourly": "cases",
    "driver_lattice": "seen",
    "spike_band": "observed",
    "flow_map": "cases",
}
NEEDED = VALUE | {"ageing": "cases"}


def _bare(spec):
    return json.dumps({key: value for key, value in spec.items() if key != "datasets"}, ensure_ascii=False)


def _svg(spec, version="6.4"):
    return vlc.vegalite_to_svg(spec, vl_version=version)


def test_both_layouts_are_valid_by_altairs_schema(draw, frame):
    figure = draw(frame)
    assert isinstance(figure.chart, alt.TopLevelMixin)
    for spec in (figure.spec, figure.narrow):
        alt.Chart.from_dict(spec, validate=True)


def test_both_layouts_draw_at_exactly_their_width_in_either_version(draw, frame):
    bundle = draw(frame).as_json()
    for name, width in (("spec", 760), ("narrow", 340)):
        for version in ("5.8", "6.4"):
            assert re.search(r'<svg[^>]* width="(\d+)"', _svg(bundle[name], version))[1] == str(width)


def test_the_bundle_is_plain_json_and_says_what_it_shows(draw, frame):
    bundle = draw(frame)._repr_mimebundle_()
    assert set(bundle) == {FIGURE_MIME, LAB_MIME, "text/plain"}
    ours = json.loads(json.dumps(bundle[FIGURE_MIME], allow_nan=False))
    assert {"key", "title", "subtitle", "caption", "alt", "spec", "narrow", "table"} == set(ours)
    assert bundle["text/plain"] == f"[chart] {ours['alt']}"
    assert ours["alt"] == ours["spec"]["description"] == ours["narrow"]["description"]
    assert ours["caption"].endswith(".")
    assert re.search(r"\d", ours["alt"])
    assert len(ours["table"]["rows"]) == len(frame)
    assert all(len(row) == len(ours["table"]["columns"]) for row in ours["table"]["rows"])
    assert bundle[LAB_MIME]["$schema"].endswith("v5.json")
    assert bundle[LAB_MIME]["title"]["text"] == ours["title"]


def test_names_from_the_data_stay_data(draw, frame, hostile):
    """A column or a segment may be called anything: neither reaches the part of a spec that Vega reads as code."""
    figure = draw(frame)
    for spec in (figure.spec, figure.narrow, figure._for_lab()):
        bare = _bare({key: value for key, value in spec.items() if key != "description"})
        assert not [name for name in [*hostile, "a.b['x']", "<b>"] if json.dumps(name)[1:-1] in bare]


def test_no_tooltip_can_make_the_page_load_a_picture(draw, frame):
    # vega-tooltip turns a line called "image" into an <img>.
    titles = re.findall(r'"title": "([^"]*)"', _bare(draw(frame).spec))
    assert titles
    assert "image" not in titles


def test_screen_readers_get_the_description_and_not_each_mark(draw, frame):
    svg = _svg(draw(frame).spec)
    assert not re.findall(r'role="graphics-symbol"|aria-roledescription="(?!group)', svg)


def test_a_spec_holds_no_colour_but_the_light_themes(draw, frame):
    figure = draw(frame)
    for spec in (figure.spec, figure.narrow):
        assert _colours(spec) <= _tokens(LIGHT)
        dark = recolour(spec)
        assert _colours(dark) <= _tokens(DARK)
        assert dark["datasets"] == spec["datasets"]
        assert not re.search(r"#[0-9a-f]{6}", json.dumps(spec["datasets"]))


def _colours(spec):
    return set(re.findall(r'"(#[0-9a-fA-F]{6})"', _bare(spec)))


def _tokens(tokens):
    values = [getattr(tokens, name) for name in tokens.__dataclass_fields__]
    return {colour for value in values for colour in ([value] if isinstance(value, str) else value)}


def test_a_frame_without_rows_says_so(draw, frame):
    figure = draw(frame.iloc[:0])
    assert figure.caption.startswith("Nothing to draw")
    assert "Nothing to draw" in _svg(figure.as_json()["spec"])
    assert figure.as_json()["table"]["rows"] == []


def test_a_frame_without_any_value_says_so_and_keeps_its_rows(draw, frame, kind):
    figure = draw(frame.assign(**{VALUE.get(kind, "value"): np.nan}))
    assert "no value could be computed" in figure.alt
    assert len(figure.table) == len(frame)


def test_one_row_is_drawn(draw, frame):
    figure = draw(frame.iloc[:1])
    assert figure.alt
    assert _svg(figure.as_json()["spec"])
    assert _svg(figure.as_json()["narrow"])


@pytest.mark.parametrize("factor", [0, 1e-9, 1e9])
def test_tiny_and_huge_values_are_drawn(draw, frame, kind, factor):
    column = VALUE.get(kind, "value")
    figure = draw(frame.assign(**{column: frame[column] * factor}))
    assert "NaN" not in _svg(figure.as_json()["spec"])


def test_missing_and_endless_numbers_become_nothing(draw, frame, kind):
    column = VALUE.get(kind, "value")
    frame[column] = frame[column].astype("Float64")
    frame.loc[0, column], frame.loc[1, column] = pd.NA, np.inf
    bundle = draw(frame).as_json()
    json.dumps(bundle, allow_nan=False)
    place = [c["name"] for c in bundle["table"]["columns"]].index(column)
    assert [row[place] for row in bundle["table"]["rows"][:2]] == [None, None]


def test_too_many_rows_are_refused_with_the_fix(draw, frame):
    many = pd.concat([frame] * (5000 // len(frame) + 1))
    with pytest.raises(ParameterError, match="Aggregate first"):
        draw(many)


def test_a_missing_column_is_named(draw, frame, kind):
    with pytest.raises(ParameterError, match=NEEDED.get(kind, "value")):
        draw(frame.drop(columns=VALUE.get(kind, "value")))


def test_the_same_frame_gives_the_same_figure_and_is_not_changed(draw, frame):
    before = frame.copy(deep=True)
    assert draw(frame).as_json() == draw(frame).as_json()
    pd.testing.assert_frame_equal(frame, before)


def test_importing_charts_loads_neither_altair_nor_a_renderer():
    code = "import sys, tskit.charts; print([m for m in ('altair', 'vl_convert', 'jsonschema') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["over_time", "share_over_time"])
def test_no_day_shifts_with_the_zone_of_the_machine(draw, frame, tmp_path):
    """Days are days of the casebook's zone; a browser in Los Angeles must not draw the evening before."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(draw(frame).as_json()["spec"]))
    code = (
        "import sys, vl_convert as v; sys.stdout.write(v.vegalite_to_svg(open(sys.argv[1]).read(), vl_version='6.4'))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code, str(spec)], capture_output=True, check=True, env={**os.environ, "TZ": zone}
        ).stdout
        for zone in ("America/Los_Angeles", "Pacific/Auckland")
    }
    assert len(drawn) == 1
