"""Finding text again: quality by language and by disguise, near-duplicates, and what an index of many cases costs.

    python benchmarks/similar.py [--quick] [--json FILE] [--rows 40000 200000]

Quality. Thai posts and Vietnamese comments are real (../shared/data); Chinese is the sample's. Each text is damaged (three
tenths of it gone, invisible characters, half of them with Cyrillic letters, Vietnamese decomposed or without its marks)
and looked for among all of its language: how often is the original the first one found? `topic` is the share of Chinese
reports whose nearest of 200 known ones is about the same rule, and `cluster` the R-precision of the sample's planted
near-duplicates among all English reports. Ours is compared with words (newmm for Thai, pairs for Chinese), with words by
jieba where it is installed, with scikit-learn's pieces within words, and with our own pieces of the text as it stands.

Cost. A suggester and an index of all cases over the sample, in a process of their own.
"""

# ruff: noqa: PLC0415 - each variant is a process that pays for its own imports only

from __future__ import annotations

import csv
import json
import random
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import arguments, machine, measure, show, spent, table, versions, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_GONE = 0.3
_KNOWN = 200
_MOST = 1_500
_LIMITS = (0.3, 0.4, 0.5, 0.6)


def _as_written(text: str) -> str:
    return text


def analysers() -> dict[str, dict[str, Any]]:
    """Return what makes a text into pieces, by name, as scikit-learn takes it."""
    from tskit.text import skeleton, words
    from tskit.text.vectors import _SIZE, _spread

    found: dict[str, dict[str, Any]] = {
        "ours": {"analyzer": "char", "ngram_range": (_SIZE, _SIZE), "preprocessor": _spread},
        "as written": {"analyzer": "char", "ngram_range": (_SIZE, _SIZE), "preprocessor": _as_written},
        "within words": {"analyzer": "char_wb", "ngram_range": (3, 5), "preprocessor": skeleton},
        "words": {"analyzer": words},
    }
    try:
        import jieba
    except ImportError:
        return found
    from tskit.text import normalise

    jieba.setLogLevel(60)
    return found | {"jieba": {"analyzer": lambda text: [w for w in jieba.lcut(normalise(text)) if w.strip()]}}


def damaged(text: str, chance: random.Random, *, by_word: bool) -> str:
    """Return the text as somebody who copies it and wants to pass a filter would write it."""
    parts = text.split(" ") if by_word else [text[at : at + 5] for at in range(0, len(text), 5)]
    left = [part for part in parts if chance.random() > _GONE] or parts
    hidden = "".join(c + "\u200b" * (chance.random() < 0.1) for c in (" " if by_word else "").join(left))
    hidden = hidden.replace("a", "а") if chance.random() < 0.5 else hidden
    if not by_word:
        return hidden
    apart = unicodedata.normalize("NFD", hidden)
    return (
        apart if chance.random() < 0.5 else "".join(c for c in apart if not unicodedata.combining(c)).replace("đ", "d")
    )


def found_first(texts: Sequence[str], *, by_word: bool, vectors: Callable[[], Any]) -> float:
    """Return how often the original of a damaged text is the one most like it."""
    import numpy as np

    chance = random.Random(1)
    asked = [damaged(text, chance, by_word=by_word) for text in texts]
    weigh = vectors()
    rows = weigh.fit_transform(texts)
    likeness = (weigh.transform(asked) @ rows.T).toarray()
    own = likeness[np.arange(len(texts)), np.arange(len(texts))]
    return float(((likeness > own[:, None]).sum(axis=1) == 0).mean())


def thai() -> list[str]:
    path = DATA / "thai" / "wisesight_valid.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [text for line in lines if len(text := json.loads(line)["texts"]) > 25]


def vietnamese() -> list[str]:
    path = DATA / "vietnamese" / "vihos_dev.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [text for text in dict.fromkeys(row["content"] for row in csv.DictReader(file)) if len(text) > 25]


def quality(casebook: Path) -> list[list[object]]:
    """Return the table of quality: one row a way to make pieces."""
    import pyarrow.parquet as pq
    from sklearn.feature_extraction.text import TfidfVectorizer

    columns = ["case_id", "subject", "description", "content_language", "policy_id"]
    frame = pq.read_table(casebook / "data" / "cases.parquet", columns=columns).to_pandas().dropna()
    frame["text"] = frame["subject"] + " " + frame["description"]
    frame = frame.drop_duplicates("text")
    chinese = frame[frame["content_language"] == "zh"].sample(frac=1, random_state=1)
    english = frame[frame["content_language"] == "en"]
    is_cluster = english["case_id"].isin(_cluster(casebook)).to_numpy()
    rows: list[list[object]] = []
    for name, how in analysers().items():

        def vectors(how: dict[str, Any] = how) -> Any:
            return TfidfVectorizer(sublinear_tf=True, dtype="float32", token_pattern=None, **how)

        started = time.process_time()
        real = [found_first(texts, by_word=by_word, vectors=vectors) if texts else None
                for texts, by_word in ((thai(), False), (vietnamese(), True))]  # fmt: skip
        again = found_first(chinese["text"].tolist()[:_MOST], by_word=False, vectors=vectors)
        rows.append([name, *real, again, _topic(chinese, vectors), _r_precision(english["text"].tolist(), is_cluster, vectors),
                     time.process_time() - started])  # fmt: skip
    return rows


def _cluster(casebook: Path) -> list[str]:
    stories = json.loads((casebook / "truth.json").read_text(encoding="utf-8"))["stories"]
    return next(story["case_ids"] for story in stories if story["name"] == "impersonation_cluster")


def _topic(frame: Any, vectors: Callable[[], Any]) -> float:
    rows, rules = vectors().fit_transform(frame["text"]), frame["policy_id"].to_numpy()
    nearest = (rows[_KNOWN:] @ rows[:_KNOWN].T).toarray().argmax(axis=1)
    return float((rules[:_KNOWN][nearest] == rules[_KNOWN:]).mean())


def _r_precision(texts: list[str], member: Any, vectors: Callable[[], Any]) -> float:
    import numpy as np

    rows = vectors().fit_transform(texts)
    places = np.flatnonzero(member)
    likeness = (rows[places] @ rows.T).toarray()
    likeness[np.arange(len(places)), places] = -1
    first = np.argsort(-likeness, axis=1)[:, : len(places) - 1]
    return float(member[first].mean())


def near_duplicates(casebook: Path) -> list[list[object]]:
    """Return what `alike` finds of the cluster among all English reports on impersonation, by limit.

    Precision is of cases: of those in a pair with a member of the cluster, how many are of it. Recall is of cases too.
    """
    import numpy as np
    import pyarrow.parquet as pq

    from tskit.text.alike import alike

    columns = ["case_id", "subject", "description", "content_language", "policy_id"]
    frame = pq.read_table(casebook / "data" / "cases.parquet", columns=columns).to_pandas().dropna()
    frame = frame[(frame["content_language"] == "en") & (frame["policy_id"] == "DEC-IMPERSONATION")]
    index = alike((frame["subject"] + " " + frame["description"]).tolist())
    places = np.flatnonzero(frame["case_id"].isin(_cluster(casebook)))
    cluster = set(places.tolist())
    rows: list[list[object]] = []
    for limit in _LIMITS:
        near = [(place, index.near(place, at_least=limit)[0].tolist()) for place in cluster]
        named = {other for place, found in near if found for other in (place, *found)}
        both = len(named & cluster)
        rows.append([limit, len(frame), len(cluster), both / len(cluster), both / max(len(named), 1)])
    return rows


def cost(casebook: Path) -> dict[str, Any]:
    """Return what a suggester and the index of all cases cost in this process, in seconds of CPU and milliseconds."""
    from tskit import Scope
    from tskit.cases import load
    from tskit.causes import neighbours, open_log, settled, suggester
    from tskit.model import Casebook

    book = Casebook.read(casebook)
    cases, log = load(Scope(source="main"), casebook=book), open_log(book)
    tagged = settled(log)["case_id"].tolist()
    start = spent()
    made = suggester(cases, log)
    built = spent(start)
    made.suggest(tagged[0])
    waits = sorted(_timed(lambda case=case: made.suggest(case)) for case in tagged)
    start = spent()
    neighbours(cases, tagged[0])
    whole = spent(start)
    again = sorted(_timed(lambda case=case: neighbours(cases, case)) for case in tagged[:20])
    return {
        "suggester_cpu": built.cpu,
        "suggest_p95_ms": waits[int(0.95 * len(waits))],
        "index_cpu": whole.cpu,
        "neighbours_ms": again[len(again) // 2],
        "tagged": len(tagged),
    }


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print the tables, or do one piece of work for them."""
    asked = arguments(__doc__ or "", sizes=(40_000, 200_000), quick=(12_000,))
    if asked.variant:
        show({"quality": quality(asked.path)} if asked.variant == "quality" else cost(asked.path))
        return
    print(machine(), versions("scikit-learn", "pythainlp", "jieba"))
    with tempfile.TemporaryDirectory() as scratch:
        books = [_casebook(asked.data or Path(scratch), cases) for cases in asked.sizes]
        found = measure(__file__, "--path", str(books[0]), variant="quality")
        head = ["pieces", "Thai", "Vietnamese", "Chinese", "topic", "cluster", "CPU s"]
        print(table(found.result.get("quality", [[found.error]]), head=head), end="\n\n")
        pairs = near_duplicates(books[0])
        print(table(pairs, head=["limit", "reports", "cluster", "recall", "precision"]), end="\n\n")
        costs = [measure(__file__, "--path", str(book), variant="cost") for book in books]
        keys = ["tagged", "suggester_cpu", "suggest_p95_ms", "index_cpu", "neighbours_ms"]
        rows = [[f"{size:,} cases", *(one.result.get(key) for key in keys), one.peak_mb]
                for size, one in zip(asked.sizes, costs, strict=True)]  # fmt: skip
        print(
            table(
                rows,
                head=["", "tagged", "suggester CPU s", "suggest p95 ms", "index CPU s", "neighbours ms", "peak MB"],
            )
        )
        write_json(asked.json, name="similar", costs={"cost": costs, "quality": [found]}, ratios={})


def _casebook(folder: Path, cases: int) -> Path:
    from tskit.sources.synthetic import write_sample

    place = folder / f"sample-{cases}"
    if not place.exists():
        write_sample(place, cases=cases)
    return place


if __name__ == "__main__":
    main()
