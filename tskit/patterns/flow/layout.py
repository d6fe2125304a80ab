"""Where the queues of a flow map lie: from left to right in the order in which cases come to them; the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLOSED", "OPENED", "placed"]

OPENED, CLOSED = "(opened)", "(closed)"
"""The nodes that a map begins and ends with."""
_SWEEPS = 8
_MOST = 6
"""A column holds no more queues than this; further ones go to the next column."""


def placed(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes with `layer`, `x` and `y` (0 to 1).

    `nodes` has `node`, `entries` and `step` (how many stays lay before one there, on average); `edges` has `source`,
    `target` and `cases`. Queues stand in the order of `step`; within a column each lies near those that it exchanges most
    cases with. Of equals the one with more entries comes first, then the one whose name does.
    """
    layers = _layers(nodes)
    names = list(layers)
    weight = np.zeros((len(names), len(names)))
    for source, target, cases in edges[["source", "target", "cases"]].itertuples(index=False, name=None):
        if source != target:
            weight[names.index(source), names.index(target)] += cases
    height = _heights(np.array([layers[name] for name in names]), weight + weight.T)
    last = max(layers.values())
    x = nodes["node"].map({name: layer / last for name, layer in layers.items()})
    y = nodes["node"].map(dict(zip(names, height.tolist(), strict=True)))
    return nodes.assign(layer=nodes["node"].map(layers).astype("int64"), x=x, y=y)


def _layers(nodes: pd.DataFrame) -> dict[str, int]:
    """Return the column of each node, in their order within the columns to begin with."""
    queues = nodes[~nodes["node"].isin([OPENED, CLOSED])]
    queues = queues.sort_values(["step", "entries", "node"], ascending=[True, False, True])
    found, layer, inside, previous = {OPENED: 0}, 1, 0, 0.0
    for node, step in queues[["node", "step"]].itertuples(index=False, name=None):
        # A queue that cases come to half a stay later than to the first of a column begins the next one.
        if inside and (inside == _MOST or step - previous >= 0.5):
            layer, inside = layer + 1, 0
        previous = step if not inside else previous
        found[str(node)] = layer
        inside += 1
    return {**found, CLOSED: layer + 1}


def _heights(layers: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the height of each node: columns are sorted by the mean height of their neighbours, to and fro."""
    height = np.full(len(layers), 0.5)
    for layer in np.unique(layers):
        _spread(height, np.flatnonzero(layers == layer))
    for sweep in range(_SWEEPS):
        order = np.unique(layers)[:: 1 if sweep % 2 == 0 else -1]
        for layer in order:
            inside = np.flatnonzero(layers == layer)
            others = weight[inside][:, layers != layer]
            total = others.sum(axis=1)
            near = np.where(total > 0, others @ height[layers != layer] / np.maximum(total, 1e-12), height[inside])
            _spread(height, inside[np.argsort(np.round(near, 9), kind="stable")])
    return height


def _spread(height: np.ndarray, ordered: np.ndarray) -> None:
    height[ordered] = (np.arange(len(ordered)) + 0.5) / len(ordered)
