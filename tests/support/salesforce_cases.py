"""A small organisation of Salesforce for tests, and a way to extract it without waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.salesforce_server import Org, Table, at
from tskit.model import Source
from tskit.sources.salesforce.live.pace import Pace
from tskit.sources.salesforce.live.receiving import receive
from tskit.sources.sync import begin

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 8, 0, 30, tzinfo=UTC)
CASE = {
    "Id": "id", "IsDeleted": "boolean", "CaseNumber": "string", "Status": "picklist", "Subject": "string",
    "Description": "textarea", "IsClosed": "boolean", "OwnerId": "reference", "CreatedDate": "datetime",
    "SystemModstamp": "datetime", "Reported_Market__c": "picklist", "Reach__c": "double", "Where__c": "location",
}  # fmt: skip
HISTORY = {"Id": "id", "IsDeleted": "boolean", "CaseId": "reference", "CreatedDate": "datetime", "Field": "picklist",
           "OldValue": "anyType*", "NewValue": "string"}  # fmt: skip
QUEUE = {"Id": "id", "QueueId": "reference", "SobjectType": "picklist"}
STATUS = {"Id": "id", "MasterLabel": "string", "IsClosed": "boolean", "SystemModstamp": "datetime"}


def case_id(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return f"500D000000{digits[number // 3844 % 62]}{digits[number // 62 % 62]}{digits[number % 62]}00AAA"


def case(number: int, **cells: str | None) -> dict[str, str | None]:
    stamp = at(BEGIN + timedelta(minutes=number))
    return {
        "Id": case_id(number), "IsDeleted": "false", "CaseNumber": f"{number:08d}", "Status": "New",
        "Subject": f'CANARY "subject", {number}', "Description": "CANARY line one\nline two, ありがとう",
        "IsClosed": "false", "OwnerId": "00G000000000001AAA", "CreatedDate": stamp, "SystemModstamp": stamp,
        "Reported_Market__c": "SG", "Reach__c": None, "Where__c": None, **cells,
    }  # fmt: skip


def small_org(cases: int = 25, **settings) -> Org:
    history = [
        {"Id": f"017D00000000{number:03d}AAA", "IsDeleted": "false", "CaseId": case_id(number % cases),
         "CreatedDate": at(BEGIN + timedelta(minutes=number)), "Field": "Status", "OldValue": "New", "NewValue": "Working"}
        for number in range(7)
    ]  # fmt: skip
    queues = [{"Id": "03gD00000000001AAA", "QueueId": "00G000000000001AAA", "SobjectType": "Case"}]
    statuses = [{"Id": "01JD00000000001AAA", "MasterLabel": "New", "IsClosed": "false", "SystemModstamp": at(BEGIN)}]
    tables = {
        "Case": Table(dict(CASE), [case(number) for number in range(cases)], {"Reported_Market__c": "Market"}),
        "CaseHistory": Table(dict(HISTORY), history),
        "QueueSobject": Table(dict(QUEUE), queues),
        "CaseStatus": Table(dict(STATUS), statuses),
    }
    return Org(tables, **settings)


@dataclass
class Clock:
    """Time that passes only when somebody waits."""

    waits: list[float] = field(default_factory=list)

    @property
    def pace(self) -> Pace:
        return Pace(sleep=self.waits.append, chance=lambda: 0.5, elapsed=lambda: sum(self.waits), attempts=4)


@dataclass
class Desk:
    """Somebody who syncs an organisation into a folder, again and again."""

    org: Org
    store: object
    settings: dict[str, object] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    told: list[tuple[str, int]] = field(default_factory=list)

    @property
    def source(self) -> Source:
        settings = {"client_id": self.org.client_id, "page_rows": 10, **self.settings}
        return Source("org", url=f"salesforce://localhost:{self.org.port}", settings=settings)

    def secret(self, kind: str) -> str:
        return {"client_secret": self.org.client_secret, **self.secrets}.get(kind, "")

    def sync(self, *, now: datetime = NOW) -> int:
        """Extract and seal; return the number of the snapshot."""
        with begin(self.store, source=self.source, now=now) as delivery:
            receive(self.source, delivery, secret=self.secret, progress=lambda *told: self.told.append(told), now=now,
                    pace=self.clock.pace)  # fmt: skip
            return delivery.seal()

    def rows(self, table: str, *, number: int = 1) -> list[dict[str, str | None]]:
        """Return the rows of a table as a delivery holds them, chunk by chunk."""
        places = [
            *self.store.glob(f"{number:04d}/{table}/0*.parquet"),
            *self.store.glob(f"{number:04d}.partial/{table}/0*.parquet"),
        ]
        chunks = [pq.read_table(path) for path in sorted(places)]
        return pa.concat_tables(chunks, promote_options="default").to_pylist() if chunks else []


def key_pair() -> tuple[str, str]:
    """Return a private and a public key in PEM form."""
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return own.private_bytes(*form).decode(), own.public_key().public_bytes(*public).decode()
