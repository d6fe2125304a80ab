"""A chart's tooltips reach its picture as text."""

from xml.etree import ElementTree as ET

from tskit.export.html.drawing import draw
from tskit.export.html.tips import telling, tip

SPEC = {
    "data": {
        "values": [{"x": 1, "name": "Mon", "v": "7", "none": "–"}, {"x": 2, "name": '</title><script>"', "v": "9"}]
    },
    "mark": {"type": "point", "aria": False},
    "encoding": {
        "x": {"field": "x", "type": "quantitative"},
        "tooltip": [{"field": "name"}, {"field": "v", "title": "Value"}, {"field": "none", "title": "Before"}],
    },
}


def test_a_mark_tells_its_name_and_the_values_that_it_has():
    picture = draw(SPEC, prefix="p", alt="a").light
    assert "<title>Mon\nValue: 7</title>" in picture


def test_an_attack_in_a_tooltip_stays_text():
    picture = draw(SPEC, prefix="p", alt="a").light
    assert "<script" not in picture
    assert '&lt;/title&gt;&lt;script&gt;"' in picture


def test_a_mark_without_a_tooltip_and_the_rows_of_data_are_left_alone():
    spec = {"data": {"values": [{"mark": {}, "encoding": {"tooltip": []}}]}, "mark": {"type": "line"}}
    assert telling(spec) == spec


def test_a_shape_that_is_no_mark_tells_nothing():
    assert tip(ET.Element("path", {"aria-label": "x"})) == ""
