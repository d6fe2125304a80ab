"""Settled causes as a CSV file that Salesforce Data Loader writes to the cases, so that nobody keys them in twice."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.causes.salesforce import full_id, is_full_id
from tskit.causes.settled import settled
from tskit.causes.taxonomy_file import FILE, read_file
from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.causes.entries import TagLog
    from tskit.model import Casebook

__all__ = ["FIELDS", "Loadable", "loadable", "loader_fields"]

FIELDS: Mapping[str, str] = {
    "cause": "Root_Cause__c",
    "cause_l1": "Root_Cause_L1__c",
    "contributing": "Contributing_Causes__c",
    "trigger": "Trigger__c",
    "confidence": "Root_Cause_Confidence__c",
    "tagged_at": "Tagged_At__c",
}
"""The custom fields that are filled unless `[data_loader]` of the casebook's taxonomy.toml names others; "" leaves one out."""

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


@dataclass(frozen=True, slots=True)
class Loadable:
    """A file for Data Loader: `text`, how many `cases` are in it, and how many are not, and why.

    `disputed` cases have no cause before somebody adjudicates; `elsewhere` counts those whose id is none of Salesforce.
    """

    text: str
    cases: int
    disputed: int
    elsewhere: int


def loader_fields(casebook: Casebook) -> Mapping[str, str]:
    """Return the field of Salesforce by column of `settled`, those that are left out not among them.

    Raises:
        ParameterError: `[data_loader]` names a column that is none, or what cannot be a field.
    """
    path = casebook.root / FILE
    own = read_file(path).data_loader if path.is_file() else {}
    for column, name in own.items():
        if column not in FIELDS:
            raise ParameterError(f"{path}: [data_loader] has an unknown column {column!r}. {nearest(column, FIELDS)}")
        if name and not _FIELD.fullmatch(name):
            raise ParameterError(f"{path}: [data_loader] {column} names a field by letters, digits and _.")
    fields = {column: name for column, name in {**FIELDS, **own}.items() if name}
    if len({name.lower() for name in fields.values()}) < len(fields):
        raise ParameterError(f"{path}: [data_loader] names the same field for two columns.")
    return fields


def loadable(log: TagLog, fields: Mapping[str, str], *, until: Moment = None) -> Loadable:
    """Return the settled cases as a CSV file with the 18-character id and the `fields` of `loader_fields`.

    Causes are given by id, those that contributed divided by semicolons as a multi-select picklist wants them.
    """
    found = settled(log, until=until)
    is_open = found["cause"].isna()
    found = found[~is_open]
    found = found.assign(case_id=[full_id(case_id) for case_id in found["case_id"]])
    # Tagged under its short id and under its full one, a case would be updated twice in one file, which Salesforce refuses.
    found = found.sort_values("tagged_at", kind="stable").drop_duplicates("case_id", keep="last").sort_values("case_id")
    is_ours = found["case_id"].map(is_full_id).astype("bool")
    text = "".join(_rows(found[is_ours], fields))
    return Loadable(text, int(is_ours.sum()), int(is_open.sum()), int((~is_ours).sum()))


def _rows(found: pd.DataFrame, fields: Mapping[str, str]) -> Iterator[str]:
    yield _row(["Id", *fields.values()])
    told = found.assign(
        contributing=found["contributing"].map(";".join),
        tagged_at=found["tagged_at"].dt.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    )
    for row in told[["case_id", *fields]].itertuples(index=False, name=None):
        yield _row(row)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    # Ids, words of a vocabulary and times: there is nothing in them that a spreadsheet could run.
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
