"""Who is who: queues by name, users with their vendor and language, and what kind of actor each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.salesforce.objects import Shelf, table_of
from tskit.cases.sql import cases_of

if TYPE_CHECKING:
    from tskit.cases.profile import Profile

__all__ = ["make_people", "make_queues"]

_LANGUAGE = "lower(split_part(replace(u.\"LanguageLocaleKey\", '_', '-'), '-', 1))"
_OLD_CODES = {"in": "id", "iw": "he"}
"""Salesforce writes some languages by codes that were replaced long ago."""
_MACHINES = {"automatedprocess": "system", "cloudintegrationuser": "automation"}
_STAFF = ("standard", "powerpartner", "powercustomersuccess")


def make_queues(shelf: Shelf) -> None:
    """Make the table `sf_queues`: the `id` and `queue`, the name, of each queue that can hold cases."""
    groups = 'SELECT "Id" AS id, "Name" AS queue FROM {} WHERE {}'
    found = ["SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS queue WHERE false"]
    if shelf.has("Group"):
        told = "coalesce(lower(\"Type\"), 'queue') = 'queue'"
        if shelf.has("QueueSobject"):
            told = f'({told} OR "Id" IN (SELECT "QueueId" FROM {table_of("QueueSobject")}))'
        found.append(groups.format(table_of("Group"), f'{told} AND "Name" IS NOT NULL'))
    shelf.database.execute(f"CREATE OR REPLACE TEMP TABLE sf_queues AS {' UNION ALL '.join(found)}")


def make_people(shelf: Shelf, profile: Profile) -> None:
    """Make the table `sf_people`: `id`, `vendor`, `language` and `kind` (user, vendor, automation or system).

    A machine is nobody: its id becomes no pseudonym of a person. Customers have no kind.
    """
    empty = "SELECT " + ", ".join(f"NULL::VARCHAR AS {column}" for column in ("id", "vendor", "language", "kind"))
    if not shelf.has("User"):
        shelf.database.execute(f"CREATE OR REPLACE TEMP TABLE sf_people AS {empty} WHERE false")
        return
    company = "nullif(trim(u.\"CompanyName\"), '')"
    mapped = {word.lower(): value for word, value in profile.values.get("vendor", {}).items()}
    own = f"coalesce({cases_of(f'lower({company})', mapped, otherwise=company)}, 'internal') = 'internal'"
    kind = "lower(coalesce(u.\"UserType\", 'standard'))"
    staff = ", ".join(f"'{word}'" for word in _STAFF)
    person = f"CASE WHEN {kind} IN ({staff}) THEN CASE WHEN {own} THEN 'user' ELSE 'vendor' END END"
    shelf.database.execute(
        f'CREATE OR REPLACE TEMP TABLE sf_people AS SELECT u."Id" AS id, {company} AS vendor, '
        f"{cases_of(_LANGUAGE, _OLD_CODES, otherwise=_LANGUAGE)} AS language, "
        f"{cases_of(kind, _MACHINES, otherwise=person)} AS kind FROM {table_of('User')} AS u"
    )
