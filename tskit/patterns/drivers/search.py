"""Which segments explain what was seen: single looks at all of them, forward steps over several best sets, and swaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

import numpy as np

from tskit.patterns.drivers.expected import Segments, added, shared_doubt, summed
from tskit.patterns.drivers.models import Model, belief_in, fit
from tskit.patterns.drivers.rest import Rest, chance_of_few
from tskit.stats import count_at_least

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tskit.patterns.drivers.expected import Baseline
    from tskit.patterns.drivers.lattice import Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["LEVEL", "Looks", "Search", "search"]

LEVEL = 0.01
"""The chance of naming any cause where nothing moved, over all segments together."""
_WIDTH = 5
"""So many sets of causes are kept at each step: the best single segment may be what two causes have in common."""
_MOST = 12
_SWAPS = 3
_LEAST_GAIN = 3.0
"""Nats below which a segment is not looked at closely: naming the cheapest one costs as much."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Segments that may differ from what a model says: the log odds of a cause there, and the log chance of so much."""

    segment: Ints
    score: Floats
    log_p: Floats

    def best(self, count: int) -> list[int]:
        """Return the segments with the best odds, first the best."""
        return [int(self.segment[i]) for i in np.argsort(-self.score, kind="stable")[:count]]


@dataclass(frozen=True, slots=True)
class Search:
    """A question put to all segments of a lattice; `fitted` holds the models that were fitted on the way."""

    segments: Lattice
    baseline: Baseline
    shared: Floats = field(repr=False)
    base: Segments = field(repr=False)
    fitted: dict[tuple[int, ...], Model] = field(default_factory=dict["tuple[int, ...]", Model], repr=False)
    looked: dict[tuple[int, ...], Looks] = field(default_factory=dict["tuple[int, ...]", "Looks"], repr=False)

    def model(self, *causes: int) -> Model:
        """Return the model of these causes, fitted once."""
        key = tuple(sorted(set(causes)))
        if key not in self.fitted:
            self.fitted[key] = fit(self.segments, self.baseline, key)
        return self.fitted[key]

    def looks(self, model: Model) -> Looks:
        """Return every segment that may differ from the model, held against all that lies outside of it."""
        if model.causes not in self.looked:
            self.looked[model.causes] = self._look(model)
        return self.looked[model.causes]

    def _look(self, model: Model) -> Looks:
        sums = summed(self.segments, self.baseline, self.base, model.times)
        rest = Rest.of(self.segments, self.baseline, model, sums)
        ease, mean, vague = sums.noise / sums.expected, rest.mean, rest.vague(sums, self.shared)
        unit = ease * rest.dispersion
        away = sums.seen - mean
        gain = away**2 / (mean * unit + mean**2 * vague + unit * np.abs(away) / 3) / 2
        close = np.flatnonzero(self.segments.is_own & (gain > _LEAST_GAIN) & (sums.seen < sums.seen.max() + 1))
        dispersion, vague, mean = rest.dispersion[close], vague[close], mean[close]
        below = chance_of_few(sums.seen[close], mean=mean, ease=ease[close], dispersion=dispersion, vague=vague)
        seen, mean, shape = sums.seen[close] / unit[close], mean / unit[close], 1 / vague
        above = count_at_least(seen, mean=mean, variance=mean + mean**2 / shape)
        log_p = rest.log_chance(np.clip(2 * np.minimum(above, below), 1e-300, 1.0), close)
        factor = np.log((seen + 0.5) / (mean + 0.5))
        fits = seen * factor - (seen + shape) * np.log((shape + mean * np.exp(factor)) / (shape + mean))
        known = (seen + 0.5) * shape / (seen + 0.5 + shape)
        score = fits + belief_in(factor) + 0.5 * np.log(2 * np.pi / known) - self.segments.price[close]
        return Looks(close, score, log_p)

    def beyond(self, looks: Looks, level: float) -> Looks:
        """Return the looks that chance does not explain, each segment having its share of the level."""
        is_beyond = looks.log_p <= log(level) - self.segments.price[looks.segment]
        return Looks(looks.segment[is_beyond], looks.score[is_beyond], looks.log_p[is_beyond])

    def widened(self, model: Model, level: float) -> list[Model]:
        """Return the model with each of the best further causes that chance does not explain."""
        found = self.beyond(self.looks(model), level).best(_WIDTH)
        return [self.model(*model.causes, segment) for segment in found if segment not in model.causes]

    def chance(self, model: Model, cause: int) -> float:
        """Return the chance that any segment shows as much as this cause beside the others, were it none."""
        looks = self.looks(self.model(*(other for other in model.causes if other != cause)))
        own = np.flatnonzero(looks.segment == cause)
        return float(np.exp(min(looks.log_p[own[0]] + self.segments.price[cause], 0.0))) if len(own) else 1.0

    def holds(self, model: Model, level: float) -> bool:
        """Return whether chance explains none of the causes beside the others."""
        return all(self.chance(model, cause) <= level for cause in model.causes)

    def swapped(self, model: Model) -> Model:
        """Return the model after each cause was exchanged for whatever does better beside the others."""
        for _ in range(_SWAPS):
            before = model
            for cause in before.causes:
                rest = [other for other in model.causes if other != cause]
                others = self.looks(self.model(*rest)).best(_SWAPS)
                tried = [self.model(*rest, other) for other in others if other not in rest]
                model = max([model, *tried], key=lambda one: one.score)
            if model is before:
                break
        return model


def search(segments: Lattice, baseline: Baseline, *, level: float = LEVEL) -> tuple[Search, Model]:
    """Return the best set of causes, none where nothing moved beyond noise, and the search that other answers come from.

    Sets grow by a cause as long as the odds do and chance explains none of them beside the others (Bonferroni over
    all segments, weighted by what naming them costs); among sets of the same number the odds decide.
    """
    asked = Search(segments, baseline, shared_doubt(segments, baseline), added(segments, baseline))
    beam = [asked.model()]
    while len(beam[0].causes) < _MOST and asked.widened(beam[0], level):
        tried = {one.causes: one for model in beam for one in asked.widened(model, level)}
        best = _best(tried.values())
        best = [*(asked.swapped(model) for model in best[:2]), *best]
        wider = _best({one.causes: one for one in best}.values())
        held = [model for model in wider if model.score > beam[0].score and asked.holds(model, level)]
        if not held:
            break
        beam = [held[0], *(model for model in wider if model is not held[0])]
    return asked, beam[0]


def _best(models: Iterable[Model]) -> list[Model]:
    return sorted(models, key=lambda one: (-one.score, one.causes))[:_WIDTH]
