"""A casebook whose every open word is an attack: markup, scripts, links, formulas, mentions, terminal controls."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tskit.model import CASES, EVENTS, REVIEWS, Sensitivity

__all__ = ["CANARY", "PAYLOADS", "TERMINAL", "hostile_casebook"]

TABLES = {"cases": CASES, "events": EVENTS, "reviews": REVIEWS}

TERMINAL = (
    "\x1b]52;c;cm0gLXJmIC8=\x07\x1b]8;;https://evil.example/term\x1b\\click\x1b]8;;\x1b\\\x1b[31mred\x1b[2J\x9b5n"
)
PAYLOADS = (
    "<script>window.pwned=1;fetch('https://evil.example/a')</script>",
    "</script><script>window.pwned=2</script>",
    '"><img src=x onerror="window.pwned=3"><svg onload=window.pwned=4>',
    "![x](https://evil.example/beacon.png) [go](javascript:window.pwned=5)",
    "<meta http-equiv=refresh content='0;url=https://evil.example/r'><base href=https://evil.example/>",
    "datum['pwned']; {{ cycler.__init__ }} ${window.pwned=6}",
    "a.b[0]['c'].d\\e",
    '=HYPERLINK("https://evil.example/f","x")|\'cmd\'!A1',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<!channel> @here <https://evil.example/s|click>",
    "safe\u202egnp.exe\u2066\u200b\ufeff",
    "Z" + "\u0301\u0489\u0e49" * 40,
    TERMINAL,
    "nul\x00\x07\x08end",
    '\' or 1=1; --"""\nimport os; os.abort()',
    "../../../../etc/passwd",
    "&lt;img src=x onerror=window.pwned=7&gt;",
    "<style>*{background:url(https://evil.example/css)}</style>",
    "<iframe srcdoc='<script>parent.pwned=8</script>'></iframe>",
    "javascript:window.pwned=9",
    "https://evil.example/plain",
    "L" * 10_000,
)
CANARY = "canary7f3a"
_OPEN = {
    "cases": (
        *("market", "queue", "decided_queue", "policy_id", "vendor", "decided_vendor", "channel"),
        *("abuse_type_reported", "root_cause_l1", "reviewer_language", "status_raw", "tags"),
    ),
    "events": ("from_queue", "to_queue", "field"),
    "reviews": ("vendor", "site", "policy_id", "language"),
}
_COVERED = (Sensitivity.PERSON, Sensitivity.HIDDEN)
_FILES = {
    "cases": "cases <img src=x onerror=window.pwned=10> $(touch pwned).csv",
    "events": "events';DROP TABLE x;--\x1b]52;c;eA==\x07.jsonl",
    "reviews": "reviews\u202egnp.exe.xlsx",
}
_SHEET = "<img src=x onerror=pwned=11>"
_MOST_REVIEWS = 2_000


def hostile_casebook(sample, folder):
    """Write a copy of the casebook `sample` to `folder`: open words are payloads, case text and people hold the canary.

    Each table comes in a format of its own. Every 60th case is of the gravest severity, so that cases are listed. Some
    ids are payloads, too, those of every second tagged case among them; returned are these by the id that they had.
    """
    shutil.copytree(sample, folder)
    used = {}
    ids = _hostile_ids(folder / "data")
    for table, columns in _OPEN.items():
        path = folder / "data" / f"{table}.parquet"
        rows = _with_canaries(_poisoned(_with_ids(pq.read_table(path), ids), columns, used), TABLES[table])
        _WRITERS[table](_with_odd_names(rows), path.with_name(_FILES[table]))
        path.unlink()
    (folder / "casebook.toml").write_text("".join(f"{line}\n" for line in _settings(folder, used)), encoding="utf-8")
    return ids


def _hostile_ids(folder):
    tagged = {json.loads(line)["case_id"] for line in (folder / "tags.jsonl").read_text(encoding="utf-8").splitlines()}
    listed = pq.read_table(folder / "cases.parquet", columns=["case_id"])["case_id"].to_pylist()
    odd = {case_id: payload_id(n) for n, case_id in enumerate(listed[::50])}
    # A tag refuses an id with a control in it, as no system of record has one.
    return odd | {
        case_id: _CONTROL.sub("", payload_id(n)) for n, case_id in enumerate(sorted(tagged)[::2], start=5_000)
    }


def payload_id(number):
    """Return an id that is an attack."""
    return f"{PAYLOADS[number % len(PAYLOADS)][:200].replace(chr(0), '')} {number}"


def _with_ids(table, ids):
    if "case_id" not in table.column_names:
        return table
    return _replaced(table, "case_id", [ids.get(case_id, case_id) for case_id in table["case_id"].to_pylist()])


def _poisoned(table, columns, used):
    for name in columns:
        words = table[name].cast(pa.string()).to_pylist()
        table = _replaced(table, name, [word and used.setdefault(word, _payload(len(used))) for word in words])
    if "severity" in table.column_names:
        table = _replaced(
            table, "severity", ["S3" if n % 60 == 0 else v for n, v in enumerate(table["severity"].to_pylist())]
        )
    return table


def _payload(number):
    return f"{PAYLOADS[number % len(PAYLOADS)]} {number}"


def _with_canaries(table, declared):
    for column in declared.columns:
        if column.sensitivity in _COVERED and column.name in table.column_names:
            words = table[column.name].cast(pa.string()).to_pylist()
            # A case is told by its text in one of them: every attack comes to whoever opens case after case.
            marked = [word and f"{CANARY}{PAYLOADS[n % len(PAYLOADS)]}{word}" for n, word in enumerate(words)]
            table = _replaced(table, column.name, marked)
    return table


def _with_odd_names(table):
    """Add columns that nobody asked for, whose names are payloads."""
    for number, payload in enumerate(PAYLOADS):
        table = table.append_column(
            f"col {payload[:100]} {number}".replace("\0", ""), pa.nulls(table.num_rows, pa.string())
        )
    return table


def _replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))


def _csv(table, path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(table.column_names)
        # A NUL makes a record unreadable; the other formats carry it.
        writer.writerows([str(row[name] or "").replace("\0", "") for name in row] for row in table.to_pylist())


def _json_lines(table, path):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n" for row in table.to_pylist())


def _excel(table, path):
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet(_SHEET)
        rows = table.slice(max(0, table.num_rows - _MOST_REVIEWS)).to_pylist()
        for number, cells in enumerate([table.column_names, *([*row.values()] for row in rows)]):
            sheet.write_row(number, 0, [_UNWRITABLE.sub("", cell or "")[:30_000] for cell in cells])


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WRITERS = {"cases": _csv, "events": _json_lines, "reviews": _excel}


def _settings(folder, used):
    book = tomllib.loads((folder / "casebook.toml").read_text(encoding="utf-8"))
    yield f"name = {_toml(PAYLOADS[0] + PAYLOADS[10] + TERMINAL)}"
    yield f"band = {_toml(PAYLOADS[1] + PAYLOADS[2] + PAYLOADS[10])}"
    yield 'zone = "Asia/Singapore"'
    yield 'record_url = "javascript:window.pwned=12//{case_id}"'
    yield f"markets = {_toml([used[market] for market in book['markets']])}"
    yield '[sources."javascript -1 .x"]'  # as far as a name may go: it is that of a folder as well
    yield 'cases = "data/cases*.csv"\nevents = "data/events*.jsonl"\nreviews = "data/reviews*.xlsx"'
    for name, site in book["sites"].items():
        yield f"[sites.{_toml(used.get(name, name + PAYLOADS[2]))}]"
        yield from (f"{key} = {_toml(value)}" for key, value in site.items())
    for section in ("targets", "clocks"):
        for row in book[section]:
            yield f"[[{section}]]"
            where = {column: used.get(word, word) for column, word in row.pop("where", {}).items()}
            yield f"where = {{ {', '.join(f'{column} = {_toml(word)}' for column, word in where.items())} }}"
            yield from (f"{key} = {_toml(value)}" for key, value in row.items())
    yield "[labels]"
    # Every second word keeps itself, so that values come to the page as they are and under a label.
    for number, (word, label) in enumerate(book["labels"].items()):
        if number % 2:
            yield f"{_toml(used.get(word, word))} = {_toml(PAYLOADS[number % len(PAYLOADS)][:300] + label)}"


def _toml(value):
    # A JSON string or list is TOML as well, but for the delete character.
    return json.dumps(value).replace("\x7f", "\\u007f")
