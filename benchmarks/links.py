"""Near-duplicate texts among many: what is found of what was planted, by kind of disguise, and what it costs.

    python benchmarks/links.py [--quick] [--rows 200000 1000000] [--json FILE]
    LINKPEERS=ENV/bin/python python benchmarks/links.py        (ENV: pip install gaoya sparse_dot_topn scikit-learn)

Of a fifth of the texts one half is a copy of the other, made by editing 5 to 25 % of the words (substituted, left out,
put in, moved), by disguising characters (figures for letters, blanks, dots, emoji, zero-width signs and overrides of
direction between them, letters repeated), by letters of other scripts that look alike, or by editing Thai that is written
without spaces; `mixed` is the first three at once. Texts share openings, closings and stock phrases (a third of their
words), and a tenth of the others are forms with a few words of one's own. Recall is the share of the copies that are
paired with their text; precision is the share of the pairs with a copy or original of that kind in them that were
planted. Real Thai posts and Vietnamese comments (../shared/data) are damaged alike and looked for where they are there.

A campaign of 2,000 texts with words of their own is planted as well: `campaign` is the share of it in one component.
Peers take the texts as they are, in lower case: gaoya (MinHash, verifying) on runs of five characters from 0.4 on, its
best on 20,000 texts of 0.35, 0.4 and 0.5, and scikit-learn's TF-IDF of one and two words with sparse_dot_topn from 0.5 on.
CPU seconds are after reading the file.
"""

# ruff: noqa: PLC0415 - each variant is a process that pays for its own imports only

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linked_texts import KINDS, corpus
from measure import ROOT, Cost, arguments, machine, peak_mb, show, spent, table, versions, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEERS = ("gaoya", "tfidf")
_SEED = 29
"""The cut and the weights were looked at on seed 11."""


def by_tskit(texts: list[str]) -> list[tuple[int, int]]:
    from tskit.text.pairs import near_pairs

    found = near_pairs(texts)
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def by_gaoya(texts: list[str]) -> list[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.4,
        num_bands=42,
        band_size=3,
        analyzer="char",
        lowercase=True,
        ngram_range=(5, 5),
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    found = index.par_bulk_query(texts)
    return [(n, other) for n, others in enumerate(found) for other in others if n < other]


def by_tfidf(texts: list[str]) -> list[tuple[int, int]]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    rows: Any = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", dtype=np.float32, min_df=2).fit_transform(
        texts
    )
    found = sp_matmul_topn(rows, rows.T.tocsr(), top_n=10, threshold=0.5, n_threads=1).tocoo()
    kept = found.row < found.col
    return list(zip(found.row[kept].tolist(), found.col[kept].tolist(), strict=True))


WAYS: dict[str, Callable[[list[str]], list[tuple[int, int]]]] = {
    "tskit": by_tskit,
    "gaoya": by_gaoya,
    "tfidf": by_tfidf,
}


def judged(made: dict[str, Any], found: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return recall and precision of each kind, and the share of the campaign in its largest component."""
    planted = {(min(a, b), max(a, b)): kind for a, b, kind in made["pairs"]}
    kind_of = {place: kind for a, b, kind in made["pairs"] for place in (a, b)}
    campaign, said = set(made["campaign"]), set(found)
    result: dict[str, Any] = {}
    for kind in dict.fromkeys(kind_of.values()):
        true = [pair for pair, what in planted.items() if what == kind]
        named = [pair for pair in said if kind in {kind_of.get(pair[0]), kind_of.get(pair[1])}]
        right = sum(pair in planted for pair in named)
        result[kind] = [len(true), sum(pair in said for pair in true) / len(true), right / max(len(named), 1)]
    joined: dict[int, int] = {}
    for a, b in said:
        if a in campaign and b in campaign:
            joined[_root(joined, a)] = _root(joined, b)
    sizes: dict[int, int] = {}
    for place in campaign:
        root = _root(joined, place)
        sizes[root] = sizes.get(root, 0) + 1
    strangers = sum((a in campaign) != (b in campaign) for a, b in said)
    return {
        "kinds": result,
        "campaign": max(sizes.values()) / len(campaign),
        "strangers": strangers,
        "pairs": len(said),
    }


def _root(joined: dict[int, int], place: int) -> int:
    while place in joined and joined[place] != place:
        place = joined[place]
    return place


def run(variant: str, path: Path) -> dict[str, Any]:
    """Return what one way finds in the corpus of a file, and its CPU seconds and peak memory before it is judged."""
    made = json.loads(path.read_text(encoding="utf-8"))
    before, start = peak_mb(), spent()
    found = WAYS[variant](made["texts"])
    cost = spent(start)
    peak = peak_mb()
    return {"cpu": cost.cpu, "peak": peak, "file_mb": before, **judged(made, found)}


def measured(python: str, variant: str, path: Path) -> Cost:
    """Run one variant under an interpreter of its own."""
    command = [python, str(Path(__file__)), "--variant", variant, "--path", str(path)]
    started = time.monotonic()
    path_of = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path_of}
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    said = json.loads(lines[-1]) if lines else {}
    error = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no message"])[-1][:200]
    return Cost(
        variant, said.get("cpu", 0.0), time.monotonic() - started, said.get("peak", 0.0), done.returncode, said, error
    )


def main() -> None:
    """Print the tables, or do one variant's work for them."""
    asked = arguments(__doc__ or "", sizes=(200_000, 1_000_000), quick=(20_000,))
    if asked.variant:
        show(run(asked.variant, asked.path))
        return
    peers = os.environ.get("LINKPEERS", "")
    print(machine(), versions("numpy", "scipy", "pythainlp"))
    print(f"peers: {peers or 'none (name an interpreter that has them by LINKPEERS; see above)'}\n")
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in asked.sizes:
            path = (asked.data or Path(scratch)) / f"links-{size}.json"
            if not path.exists():
                path.write_text(json.dumps(corpus(size, seed=_SEED)), encoding="utf-8")
            ways = [("tskit", sys.executable), *((peer, peers) for peer in PEERS if peers and size <= 200_000)]
            ways = [way for way in ways if not asked.only or way[0] in asked.only]
            done = [measured(python, way, path) for way, python in ways]
            costs[f"{size}"] = done
            print(_printed(size, done), end="\n\n")
    write_json(asked.json, name="links", costs=costs, ratios={})


def _printed(size: int, done: Sequence[Cost]) -> str:
    kinds = [kind for kind in KINDS if any(kind in one.result.get("kinds", {}) for one in done)]
    rows: list[list[object]] = []
    for one in done:
        found = one.result.get("kinds", {})
        shares = [f"{found[kind][1]:.3f} / {found[kind][2]:.3f}" if kind in found else one.error for kind in kinds]
        rows.append(
            [one.variant, one.cpu, one.peak_mb, *shares, one.result.get("campaign"), one.result.get("strangers")]
        )
    head = [f"{size:,} texts", "CPU s", "peak MB", *(f"{kind} R / P" for kind in kinds), "campaign", "strangers"]
    return table(rows, head=head)


if __name__ == "__main__":
    main()
