"""Near-duplicate texts among many: what is found of what was planted, by kind of disguise, and what it costs.

    python benchmarks/links.py [--quick] [--rows 200000 1000000] [--json FILE]
    LINKPEERS=ENV/bin/python python benchmarks/links.py        (ENV: pip install gaoya sparse_dot_topn scikit-learn)

A fifth of the texts have a copy, made by editing words (substituted, left out, put in, moved), by disguising characters
(figures for letters, blanks, dots and invisible characters between them, letters repeated), by letters of other scripts
that look alike, or by editing Thai that is written without spaces; `mixed` is the first three at once. Nearly all texts
open with one of a few standard sentences, so that being a little alike is usual. Recall is the share of the copies that
are paired with their text; precision is the share of the pairs with a copy or original of that kind in them that were
planted. Real Thai posts and Vietnamese comments (../shared/data) are damaged alike and looked for where they are there.

A campaign of 2,000 texts with names of their own is planted as well: `campaign` is the share of it in one component.
Peers take the texts as they are, lower case, with their own defaults: gaoya (MinHash, verifying) on runs of five
characters, and scikit-learn's TF-IDF of one and two words with sparse_dot_topn. CPU seconds are after reading the file.
"""

# ruff: noqa: PLC0415 - each variant is a process that pays for its own imports only

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import ROOT, Cost, arguments, machine, peak_mb, show, spent, table, versions, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = ("words", "characters", "homoglyphs", "thai", "mixed", "real thai", "real vietnamese")
PEERS = ("gaoya", "tfidf")
CAMPAIGN = 2_000
_COPIES = 0.2
_EDITED = 0.12
"""At most so many of a text's words are edited, and at least one: with more, half of it is gone."""
_LEET = {"a": "4@", "b": "8", "e": "3", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7"}
_GLYPHS = {
    "a": "аɑａ",
    "c": "сｃ",
    "e": "еｅ",
    "i": "іｉ",
    "j": "ј",
    "o": "оοｏ",
    "p": "рρ",
    "s": "ѕ",
    "x": "х",
    "y": "у",
    "h": "һ",
}
_BETWEEN = (" ", ".", "-", "_", "*", "\u200b", ". ")


def sentences(chance: random.Random, names: Sequence[str], size: int) -> list[str]:
    """Return words of a text, rare ones as rare as in language (Zipf, the most frequent one in forty)."""
    return chance.choices(names, cum_weights=_ranked(len(names)), k=size)


@cache
def _ranked(size: int) -> list[float]:
    return list(accumulate(1 / (rank + 3) for rank in range(size)))


def invented(chance: random.Random) -> list[str]:
    """Return 30,000 words of no language."""
    heads, tails = [*"bcdfghjklmnprstvw", "sh", "ch", "tr", "st", "pl", "gr"], [*"aeiou", "ai", "ou", "ea"]
    ends = ["", "", "n", "r", "s", "t", "l", "ng", "ck"]
    found: dict[str, None] = {}
    while len(found) < 30_000:
        parts = range(chance.choice((1, 2, 2, 3)))
        found["".join(chance.choice(heads) + chance.choice(tails) for _ in parts) + chance.choice(ends)] = None
    return list(found)


def edited(words: Sequence[str], chance: random.Random, names: Sequence[str]) -> list[str]:
    """Return the words with some of them substituted, left out, put in or moved."""
    changed = list(words)
    for _ in range(chance.randint(1, max(1, int(_EDITED * len(words))))):
        at = chance.randrange(len(changed))
        what = chance.randrange(4)
        new = chance.choice(names)
        if what == 0:
            changed[at] = new
        elif what == 1 and len(changed) > 5:
            del changed[at]
        elif what == 2:
            changed.insert(at, new)
        elif what == 3:
            changed.insert(chance.randrange(len(changed)), changed.pop(at))
    return changed


def disguised(text: str, chance: random.Random) -> str:
    """Return the text with figures for letters, and letters set apart or repeated."""
    words: list[str] = []
    for word in text.split(" "):
        how, at = chance.random(), chance.randrange(len(word))
        if how < 0.35:
            words.append("".join(chance.choice(_LEET[c]) if c in _LEET and chance.random() < 0.6 else c for c in word))
        elif how < 0.6:
            words.append(chance.choice(_BETWEEN).join(word))
        else:
            words.append(word[:at] + word[at] * chance.choice((1, 1, 1, 3)) + word[at + 1 :])
    return " ".join(words)


def looking_alike(text: str, chance: random.Random) -> str:
    """Return the text with letters of other scripts in it."""
    return "".join(chance.choice(_GLYPHS[c]) if c in _GLYPHS and chance.random() < 0.5 else c for c in text)


def thai_words() -> list[str]:
    """Return words of Thai in an order of chance, from the dictionary of PyThaiNLP."""
    from pythainlp.corpus import thai_words as listed

    words = sorted(word for word in listed() if 2 <= len(word) <= 8 and " " not in word)
    random.Random(5).shuffle(words)
    return words


def real(kind: str) -> list[str]:
    """Return the real texts of a language; none where the files are absent."""
    path = DATA / ("thai/wisesight_valid.jsonl" if kind == "real thai" else "vietnamese/vihos_dev.csv")
    if not path.exists():
        return []
    if kind == "real thai":
        found = [str(json.loads(line)["texts"]) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            found = [row["content"] for row in csv.DictReader(file)]
    return [text for text in dict.fromkeys(found) if len(text) > 60]


def corpus(rows: int, *, seed: int) -> dict[str, Any]:
    """Return texts in an order of chance, which pairs were planted by kind, and the places of the campaign."""
    chance = random.Random(seed)
    names, thai = invented(chance), thai_words()
    opening = [" ".join(sentences(chance, names, 6)) for _ in range(20)]
    opening_thai = ["".join(sentences(chance, thai, 6)) for _ in range(20)]
    texts: list[str] = []
    pairs: list[tuple[int, int, str]] = []
    copies, each = int(rows * _COPIES / 2), 0
    while len(texts) < rows - CAMPAIGN:
        kind = KINDS[each % 5] if each < copies else chance.choice(("plain", "plain", "plain", "thai"))
        each += 1
        is_thai = kind == "thai"
        words = sentences(chance, thai if is_thai else names, chance.randint(20, 60))
        opened = (chance.choice(opening_thai if is_thai else opening) + ("" if is_thai else " ")) * (
            chance.random() < 0.8
        )
        texts.append(opened + ("" if is_thai else " ").join(words))
        if each <= copies:
            pairs.append((len(texts) - 1, len(texts), kind))
            texts.append(opened + _copy(words, kind, chance, thai if is_thai else names))
    for kind in KINDS[5:]:
        for text in real(kind):
            pairs.append((len(texts), len(texts) + 1, kind))
            parts = (
                text.split(" ") if kind == "real vietnamese" else [text[at : at + 5] for at in range(0, len(text), 5)]
            )
            joint = " " if kind == "real vietnamese" else ""
            hidden = joint.join(edited(parts, chance, parts))
            texts += [text, "".join(c + "\u200b" * (chance.random() < 0.1) for c in hidden)]
    base = sentences(chance, names, 40)
    campaign = list(range(len(texts), len(texts) + CAMPAIGN))
    texts += [" ".join([*sentences(chance, names, 2), *edited(base, chance, names)]) for _ in campaign]
    order = list(range(len(texts)))
    chance.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    return {
        "texts": [texts[old] for old in order],
        "pairs": [(place[a], place[b], kind) for a, b, kind in pairs],
        "campaign": [place[n] for n in campaign],
    }


def _copy(words: Sequence[str], kind: str, chance: random.Random, names: Sequence[str]) -> str:
    if kind == "thai":
        return "".join(part + "\u200b" * (chance.random() < 0.1) for part in edited(words, chance, names))
    text = " ".join(edited(words, chance, names) if kind in {"words", "mixed"} else words)
    text = disguised(text, chance) if kind in {"characters", "mixed"} else text
    return looking_alike(text, chance) if kind in {"homoglyphs", "mixed"} else text


def by_tskit(texts: list[str]) -> list[tuple[int, int]]:
    from tskit.text.pairs import near_pairs

    found = near_pairs(texts)
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


def by_gaoya(texts: list[str]) -> list[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.5,
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
                path.write_text(json.dumps(corpus(size, seed=11)), encoding="utf-8")
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
