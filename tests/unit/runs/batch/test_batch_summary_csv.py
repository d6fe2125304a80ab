"""The table of a batch is opened in a spreadsheet: no cell of it is a formula or a command, and none names a case."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pytest

from tests.support.run_rows import hostile_batch, trend
from tskit.model.batch import BatchSummary, Missing
from tskit.runs.batch.summary import write_csv

FORMULA = re.compile(r"\s*[=+\-@\t\r|%]")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
ATTACKS = ("=cmd|'/C calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\u200b=1", "x\x1b]52;c;eA==\x07")


def written(told, folder):
    path = write_csv(told, folder)
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_a_formula_or_a_command(tmp_path, attack):
    row = trend()
    figure = replace(row.headlines[0], metric=attack, change=attack)
    row = replace(row, id=attack, failure=attack, started=attack, asked=((attack, attack),), headlines=(figure,))
    told = BatchSummary("b", attack, "t", attack, "", "", (attack,), (row,), (Missing(((attack, attack),), attack),))
    for cell in (cell for line in written(told, tmp_path) for cell in line):
        assert NUMBER.fullmatch(cell) or not FORMULA.match(cell)
        assert "\x1b" not in cell
        assert "\u200b" not in cell


def test_a_batch_whose_every_word_is_an_attack_is_a_table_all_the_same(tmp_path):
    told = hostile_batch()
    lines = written(told, tmp_path)
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) == 1 + len(told.rows) + len(told.missing)
