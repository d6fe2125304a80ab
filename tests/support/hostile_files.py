"""Malformed files, made on the spot: everything that an export, a mail gateway or a prankster does to a table."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["HOSTILE", "mutate", "plain_csv"]

CANARY = "CANARY-7f3a"
"""Stands in cells of every file: no message may repeat it."""


def plain_csv(rows: int = 40, *, seed: int = 1) -> bytes:
    """Return a valid export of that many records, with quotes, commas, line breaks and other scripts in it."""
    rng = random.Random(seed)
    texts = ["short", "with, comma", 'with ""quotes""', "two\nlines", "ไทย ข้อความ", "tiếng Việt", "广告", "", CANARY]
    lines = ["case_id,opened_at,status,text,score"]
    for i in range(1, rows + 1):
        text = rng.choice(texts)
        cell = f'"{text}"' if any(sign in text for sign in ',"\n') or i % 3 == 0 else text
        lines.append(f"C{i:05},2026-01-{1 + i % 28:02}T10:00:00Z,{rng.choice(['open', 'closed'])},{cell},{i / 8}")
    return ("\n".join(lines) + "\n").encode()


def mutate(data: bytes, *, seed: int, edits: int = 3) -> bytes:
    """Return `data` after a few random edits of the kinds that break tables."""
    rng = random.Random(seed)
    pieces = [
        b'"',
        b",",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xe9",
        b'""',
        b'","',
        b"\n\n",
        b";",
        b"\t",
        b" ",
        b"\xef\xbb\xbf",
    ]
    for _ in range(edits):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                data = data[:at] + rng.choice(pieces) + data[at:]
            case 1:
                data = data[:at] + data[at + rng.randrange(1, 6) :]
            case 2:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 3:
                end = min(len(data), at + rng.randrange(1, 200))
                data = data[:at] + data[at:end] * 2 + data[end:]
            case _:
                data = data[: max(at, 60)] if rng.random() < 0.3 else data.replace(b"\n", b"\r\n", rng.randrange(3))
    return data


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return write


def _zip(name: str, members: Mapping[str, bytes]) -> Callable[[Path], Path]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return _bytes(name, buffer.getvalue())


def _bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.csv", "w") as file,
    ):
        file.write(b"a,b\n")
        for _ in range(150):
            file.write(b"0" * (1 << 20))
    return path


def _gzip_bomb(folder: Path) -> Path:
    path = folder / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(150):
            file.write(b"0" * (1 << 20))
    return path


def _workbook_bomb(folder: Path) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("xl/sharedStrings.xml", "w") as file:
            for _ in range(150):
                file.write(b"x" * (1 << 20))
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


def _false_size(folder: Path) -> Path:
    """Write a zip whose directory says that its member is small."""
    path = _bomb(folder)
    data = path.read_bytes()
    size = (150 * (1 << 20) + 4).to_bytes(4, "little")
    path.write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    return path


def _unreadable(folder: Path) -> Path:
    path = folder / "secret.csv"
    path.write_bytes(plain_csv())
    path.chmod(0)
    return path


def _folder(folder: Path) -> Path:
    path = folder / "folder.csv"
    path.mkdir()
    return path


def _dangling(folder: Path) -> Path:
    path = folder / "link.csv"
    path.symlink_to(folder / "nowhere.csv")
    return path


_VALID = plain_csv()
_HEADER = b"case_id,opened_at,status,text,score\n"
_BIG = b"x" * 10_000_000

HOSTILE: Mapping[str, Callable[[Path], Path]] = {
    "empty": _bytes("empty.csv", b""),
    "only a mark": _bytes("mark.csv", b"\xef\xbb\xbf"),
    "only blank lines": _bytes("blank.csv", b"\n\r\n\n"),
    "only a header": _bytes("header.csv", _HEADER),
    "header without line end": _bytes("bare.csv", _HEADER.strip()),
    "cut within a record": _bytes("cut.csv", _VALID[:-20]),
    "cut within quotes": _bytes("quoted.csv", _VALID + b'C99999,2026-01-01,open,"half a text'),
    "quote never closed": _bytes("quote.csv", _VALID[:300] + b'"' + _VALID[300:]),
    "every line opens a quote": _bytes("quotes.csv", _HEADER + b'1,2,3,"x,5\n' * 2000),
    "ragged": _bytes("ragged.csv", _VALID + b"1,2\n1,2,3,4,5,6,7\n,\n"),
    "latin-1": _bytes("latin.csv", _HEADER + "1,2,open,café,3\n2,2,open,the,3\n".encode("latin-1") * 20),
    "utf-16": _bytes("wide.csv", _VALID.decode().encode("utf-16")),
    "utf-16 without mark": _bytes("wide_be.csv", (_HEADER + b"1,2,3,4,5\n" * 99).decode().encode("utf-16-be")),
    "utf-16 cut in a character": _bytes("wide_cut.csv", _VALID.decode().encode("utf-16")[:-1]),
    "utf-32": _bytes("wider.csv", _VALID.decode().encode("utf-32")),
    "NUL in a cell": _bytes("nul.csv", _VALID + b"1,2,3,a\0b,5\n"),
    "a run of NUL": _bytes("nuls.csv", _VALID + b"\0" * 5000),
    "only NUL": _bytes("allnul.csv", b"\0" * 5000),
    "10 MB cell": _bytes("cell.csv", _VALID + b"1,2,3," + _BIG + b",5\n2,2,3,4,5\n"),
    "10 MB quoted cell with lines": _bytes(
        "cells.csv", _HEADER + b'1,2,3,"' + b"line\n" * 2_000_000 + b'",5\n2,2,3,4,5\n'
    ),
    "10 MB first line": _bytes("line.csv", _BIG + b"\n1\n"),
    "70 MB cell": _bytes("huge.csv", _HEADER + b"1,2,3," + _BIG * 7 + b",5\n2,2,3,4,5\n"),
    "a million columns": _bytes(
        "columns.csv", b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n" + b"," * 999_999 + b"\n"
    ),
    "mixed line ends": _bytes("ends.csv", _HEADER + b"1,2,3,4,5\r2,2,3,4,5\r\n3,2,3,4,5\n4,2,3,4,5\r\r\n"),
    "old Mac line ends": _bytes("mac.csv", _VALID.replace(b"\n", b"\r")),
    "same name twice": _bytes("twice.csv", b"a,b,A\n1,2,3\n"),
    "our own names": _bytes("ours.csv", b"a,_source_row\n1,2\n"),
    "blank header": _bytes("noname.csv", b",,\n1,2,3\n"),
    "no header": _bytes("nohead.csv", f"1,2026-01-01 10:00:00,{CANARY}\n2,2026-01-01 11:00:00,b\n".encode()),
    "ambiguous delimiter": _bytes("two.csv", b"a;b,c\n1;2,3\n4;5,6\n"),
    "no delimiter": _bytes("prose.txt", b"This is a letter.\nDear all, it has no table.\nYours\n"),
    "binary": _bytes("noise.csv", random.Random(1).randbytes(20_000)),
    "html": _bytes("page.csv", b"<!doctype html>\n<html><body><p>Sign in, please; now</p></body></html>\n"),
    "broken gzip": _bytes("a.csv.gz", gzip.compress(_VALID)[:-9]),
    "gzip that is none": _bytes("b.csv.gz", _VALID),
    "gzip with bad data": _bytes("c.csv.gz", gzip.compress(_VALID)[:40] + b"junk" + gzip.compress(_VALID)[44:]),
    "broken zip": _bytes("a.zip", b"PK\x03\x04 not really"),
    "cut zip": lambda folder: _cut(_zip("b.zip", {"a.csv": _VALID})(folder)),
    "empty zip": _zip("c.zip", {}),
    "zip in a zip": _zip("d.zip", {"inner.zip": b"PK"}),
    "zip with odd names": _zip("e.zip", {"../../etc/a.csv": _VALID, "/abs/b.csv": _VALID}),
    "zip with other headers": _zip("f.zip", {"a.csv": _VALID, "b.csv": b"x,y\n1,2\n"}),
    "zip with a letter": _zip("g.zip", {"a.csv": _VALID, "readme.pdf": b"%PDF"}),
    "zip bomb": _bomb,
    "zip bomb with a false size": _false_size,
    "gzip bomb": _gzip_bomb,
    "workbook bomb": _workbook_bomb,
    "workbook that is none": _bytes("a.xlsx", _VALID),
    "workbook that is a zip": _zip("b.xlsx", {"a.csv": _VALID}),
    "old workbook that is none": _bytes("a.xls", _VALID),
    "broken parquet": _bytes("a.parquet", b"PAR1" + _VALID + b"PAR1"),
    "empty parquet": _bytes("b.parquet", b""),
    "json cut": _bytes("cut.jsonl", b'{"a": 1}\n{"a": 2}\n{"a": '),
    "json list cut": _bytes("cut.json", b'[{"a": 1}, {"a": 2}, {"a": '),
    "json without end": _bytes("deep.json", b"[" * 100_000),
    "json deep": _bytes("deep.jsonl", b'{"a":' * 100_000),
    "json scalars": _bytes("scalars.jsonl", b'1\n"x"\nnull\n{}\n{"a": 1}\n[]\n'),
    "json bad bytes": _bytes("bytes.jsonl", b'{"a": "\xff"}\n{"a": "ok"}\n{"a": "\\ud800"}\n'),
    "json million keys": _bytes("keys.jsonl", json.dumps({f"k{i}": i for i in range(1_000_000)}).encode()),
    "json big number": _bytes("number.jsonl", b'{"a": ' + b"9" * 10_000 + b"}\n"),
    "json 10 MB cell": _bytes("cell.jsonl", b'{"a": "' + _BIG + b'"}\n{"a": 1}\n'),
    "unknown kind": _bytes("a.docx", b"PK"),
    "no permission": _unreadable,
    "a folder without tables": _folder,
    "a link to nowhere": _dangling,
}


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-30])
    return path
