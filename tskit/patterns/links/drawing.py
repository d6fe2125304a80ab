"""Where the cases of clusters stand in a drawing of them: the same for the same clusters, whatever the order of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.links.clusters import Joined
    from tskit.patterns.links.ties import Opened

__all__ = ["DRAWN", "DRAWN_CASES", "drawn", "placed"]

DRAWN, DRAWN_CASES = 12, 60
"""So many clusters are drawn, and of each the first so many cases; the other tables hold all."""

_ACROSS = 4
_GAP = 1.25
_TIES = ("cluster", "case_id", "linked_id", "why", "weight", "x", "y", "linked_x", "linked_y")


def drawn(made: Joined, every: Opened, members: pd.DataFrame) -> pd.DataFrame:
    """Return the ties of the first clusters with the places of both cases, as `Linked.ties` describes them."""
    shown = members[members["cluster"] <= DRAWN].groupby("cluster").head(DRAWN_CASES)
    number = pd.Series(shown["cluster"].to_numpy(), index=shown["_case"].to_numpy())
    is_shown = np.isin(made.case, number.index)
    rows = pd.DataFrame({"case": made.case[is_shown], "bond": made.bond[is_shown], "weight": made.weight[is_shown]})
    rows = rows.assign(cluster=number.reindex(rows["case"]).to_numpy()).sort_values(["cluster", "bond", "case"])
    # The hub of a bond is the case of it that was opened first; it may have others in other clusters.
    rows = rows.assign(hub=rows.groupby(["cluster", "bond"])["case"].transform("first"))
    ties = rows[rows["case"] != rows["hub"]]
    order = rows.drop_duplicates("case")
    place = placed(
        order["cluster"].to_numpy(), order["bond"].to_numpy(), is_hub=order["case"].isin(ties["hub"]).to_numpy()
    ).set_index(order["case"].to_numpy())
    own, other = place.loc[ties["case"]], place.loc[ties["hub"]]
    found = pd.DataFrame(
        {
            "cluster": ties["cluster"].to_numpy(dtype=np.int64),
            "case_id": every.ids[ties["case"].to_numpy()],
            "linked_id": every.ids[ties["hub"].to_numpy()],
            "why": made.why[ties["bond"].to_numpy()],
            "weight": ties["weight"].to_numpy(),
            "x": own["x"].to_numpy(),
            "y": own["y"].to_numpy(),
            "linked_x": other["x"].to_numpy(),
            "linked_y": other["y"].to_numpy(),
        }
    )
    return found[list(_TIES)].reset_index(drop=True)


def placed(cluster: NDArray[np.int64], bond: NDArray[np.int64], *, is_hub: NDArray[np.bool_]) -> pd.DataFrame:
    """Return `x` and `y` of each case, given by cluster and, within it, in the order in which they are to stand.

    A cluster is a ring, its area as large as it has cases; the cases of one bond stand side by side, and the one that
    others are tied to stands further in. Clusters stand four in a row, from the top left, in the order of their number.
    """
    if not len(cluster):
        return pd.DataFrame({"x": np.zeros(0), "y": np.zeros(0)})
    order = np.lexsort((np.arange(len(cluster)), bond, cluster))
    _, begins, which, sizes = np.unique(cluster[order], return_index=True, return_inverse=True, return_counts=True)
    angle = 2 * np.pi * (np.arange(len(cluster)) - begins[which]) / sizes[which]
    largest = np.sqrt(sizes.max())
    radius = np.sqrt(sizes[which]) / largest * np.where(is_hub[order], 0.45, 1.0)
    side = 2 * _GAP
    x, y = np.zeros(len(cluster)), np.zeros(len(cluster))
    x[order] = (which % _ACROSS) * side + radius * np.sin(angle)
    y[order] = -(which // _ACROSS) * side + radius * np.cos(angle)
    return pd.DataFrame({"x": x.round(4), "y": y.round(4)})
