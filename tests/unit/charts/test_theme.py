from itertools import combinations

import numpy as np
import pytest

from tskit.charts.theme import DARK, LIGHT, recolour

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)


def _linear(colour):
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _seen(colour, vision):
    rgb = np.clip(np.array(VISION[vision]) @ _linear(colour), 0, 1)
    return _TO_LAB @ np.cbrt(_TO_LMS @ rgb)


def _contrast(one, other):
    light, dark = sorted((_linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _all(tokens):
    values = [getattr(tokens, name) for name in tokens.__dataclass_fields__]
    return [colour for value in values for colour in ([value] if isinstance(value, str) else value)]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_parts_of_a_whole_are_told_apart_whatever_the_eye(tokens, vision):
    # Two colours 0.02 apart in Oklab are just told apart side by side; four times that is told apart across a chart.
    for one, other in combinations(tokens.categorical, 2):
        assert np.linalg.norm(_seen(one, vision) - _seen(other, vision)) > 0.08, (one, other)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_words_are_readable_on_the_card(tokens):
    for name in ("ink", "soft", "accent", "worse", "better", "unsure"):
        assert _contrast(getattr(tokens, name), tokens.card) >= 4.5, name


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_dots_stand_out_from_the_card(tokens):
    assert _contrast(tokens.accent, tokens.card) >= 3
    assert all(_contrast(colour, tokens.card) >= 2.4 for colour in (*tokens.categorical, tokens.muted))


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_more_is_further_from_the_card(tokens):
    away = [_contrast(colour, tokens.card) for colour in tokens.sequential]
    assert away == sorted(away)


def test_no_two_tokens_share_a_colour_so_that_a_theme_maps_onto_the_other():
    assert len(set(_all(LIGHT))) == len(_all(LIGHT)) == len(_all(DARK)) == len(set(_all(DARK)))
    assert all(colour == colour.lower() for colour in (*_all(LIGHT), *_all(DARK)))


def test_recolouring_leaves_the_data_alone_and_does_not_touch_its_input():
    spec = {
        "config": {"background": LIGHT.card},
        "layer": [{"range": [LIGHT.accent, 3]}],
        "datasets": {"a": [{"t": LIGHT.card}]},
    }
    dark = recolour(spec)
    assert dark == {
        "config": {"background": DARK.card},
        "layer": [{"range": [DARK.accent, 3]}],
        "datasets": {"a": [{"t": LIGHT.card}]},
    }
    assert spec["config"]["background"] == LIGHT.card
