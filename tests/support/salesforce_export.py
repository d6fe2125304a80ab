"""The sample as Salesforce would export it: one CSV an object, packed as the weekly Data Export packs them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict

import duckdb

from tskit.model import CASES

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

STANDARD = {
    "case_id": "Id",
    "case_number": "CaseNumber",
    "parent_case_id": "ParentId",
    "channel": "Origin",
    "source_identity": "SuppliedEmail",
    "subject": "Subject",
    "description": "Description",
    "abuse_type_reported": "Reason",
    "priority": "Priority",
    "status_raw": "Status",
    "is_closed": "IsClosed",
    "is_escalated": "IsEscalated",
    "created_at": "CreatedDate",
    "closed_at": "ClosedDate",
    "source_modified_at": "SystemModstamp",
}
"""Canonical columns that Case has of its own."""

TOLD_BY_OTHERS = (
    *("record_type", "status", "queue", "owner_id", "first_assigned_at", "reopened_count"),
    *("sla_target_at", "sla_met", "paused_minutes", "decided_by", "decision_initial"),
)
"""Canonical columns that stand in no column of Case: other objects tell them."""

CUSTOM = {
    name: "_".join(word.capitalize() for word in name.split("_")) + "__c"
    for name in CASES.names
    if name not in STANDARD and name not in TOLD_BY_OTHERS
}
"""The rest are custom fields, as an organisation would add them."""

FIELDS = {
    "created": ("created", "", ""),
    "escalated": ("IsEscalated", "false", "true"),
    "paused": ("IsStopped", "false", "true"),
    "resumed": ("IsStopped", "true", "false"),
    "decided": ("Decision__c", "", ""),
    "decision_changed": ("Decision__c", "", ""),
    "closed": ("Status", "In review", "Closed"),
    "reopened": ("Status", "Closed", "In review"),
    "appealed": ("Appeal_Status__c", "none", "pending"),
    "appeal_decided": ("Appeal_Status__c", "pending", ""),
    "qa_reviewed": ("Qa_Label_Final__c", "", ""),
}
"""The field of Case whose change an event of the sample is, with its old and new value where the event tells none."""


def id15(prefix, number):
    digits = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return prefix + digits


def id18(short):
    """Return the 18 characters of an id: three more tell which of the others are capitals."""
    fives = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(CHECKS[sum(c.isupper() << i for i, c in enumerate(five))] for five in fives)


def stamp(text):
    """Return a time as Salesforce writes it; what is none stays as it is."""
    return f"{text[:-1]}.000+0000" if text and text.endswith("Z") else text or ""


def profile_text(export):
    """Return the profile of such an organisation: the bundled one, its custom fields and its own states."""
    states = {row["status_raw"]: row["status"] for row in export.cases if row["status_raw"]}
    columns = "\n".join(f'{name} = "{label}"' for name, label in CUSTOM.items())
    words = "\n".join(f'"{raw}" = "{word}"' for raw, word in states.items())
    return (
        'name = "our_salesforce"\nlike = "salesforce_case_export"\n'
        'recognise = ["Id", "CaseNumber", "OwnerId", "Severity__c", "Market__c"]\n\n'
        f"[columns]\n{columns}\n\n[values.status]\n{words}\n"
    )


class Export:
    """The rows of each object, from the files of a sample."""

    def __init__(self, data):
        self.cases = rows_of(data / "cases.parquet")
        self.events = rows_of(data / "events.parquet")
        known = {row["case_id"] for row in self.cases}
        self.cases = [row for row in self.cases if row["case_id"]]  # no record of Salesforce is without an id
        self.events = [row for row in self.events if row["case_id"] in known]
        # With two states of a case in the file, the later one stands, and everything that hangs on a case is of it.
        self.standing = {}
        for row in sorted(self.cases, key=lambda row: row["source_modified_at"]):
            self.standing[row["case_id"]] = row
        self.staff = self._staff()
        self.people = {who: id15("005", 100 + n) for n, who in enumerate(self.staff)}
        self.system, self.robot, self.desk = (id15("005", n) for n in (1, 2, 3))
        queues = {row["queue"] for row in self.cases} | {row["to_queue"] for row in self.events}
        self.queues = {queue: id15("00G", 500 + n) for n, queue in enumerate(sorted(filter(None, queues)))}
        self.kinds = {kind: id15("012", 7 + n) for n, kind in enumerate(("report", "appeal", "legal", "proactive"))}

    def objects(self):
        """Return the rows of each object by its API name."""
        return {
            "Case": [self.case(row) for row in self.cases],
            "CaseHistory": self.history(),
            "CaseMilestone": self.milestones(),
            "MilestoneType": [
                {"Id": id15("557", 1), "Name": "First Response"},
                {"Id": id15("557", 2), "Name": "Resolution"},
            ],
            "Group": self.groups(),
            "QueueSobject": [
                {"Id": id18(id15("03g", n)), "QueueId": id18(short), "SobjectType": "Case"}
                for n, short in enumerate(self.queues.values())
            ],
            "User": self.users(),
            "RecordType": [
                {"Id": id18(short), "Name": kind.title(), "DeveloperName": kind, "SobjectType": "Case"}
                for kind, short in self.kinds.items()
            ],
        }

    def case(self, row):
        owner = self.people.get(row["owner_id"]) or self.queues[row["queue"]]
        times = {column.name for column in CASES.columns if column.kind == "time"}
        told = {**STANDARD, **CUSTOM}
        cells = {label: stamp(row[name]) if name in times else row[name] or "" for name, label in told.items()}
        if row["owner_id"]:
            cells["Vendor__c"] = ""  # the owner's company tells it
        return {
            **cells,
            "IsDeleted": "false",
            "OwnerId": id18(owner),
            "RecordTypeId": id18(self.kinds[row["record_type"]]),
        }

    def users(self):
        common = {"IsActive": "true", "UserType": "Standard", "CompanyName": "", "LanguageLocaleKey": "en_US"}
        machines = [
            {**common, "Id": id18(self.system), "Name": "Automated Process", "UserType": "AutomatedProcess"},
            {**common, "Id": id18(self.robot), "Name": "Detection", "UserType": "CloudIntegrationUser"},
            {**common, "Id": id18(self.desk), "Name": "Appeals Desk"},
        ]
        people = [
            {**common, "Id": id18(self.people[who]), "Name": f"Reviewer {who}", "CompanyName": vendor,
             "LanguageLocaleKey": _locale(language)}
            for who, (vendor, language) in self.staff.items()
        ]  # fmt: skip
        return [{**row, "Username": f"{row['Id']}@example.invalid"} for row in (*machines, *people)]

    def groups(self):
        # Short ids here, long ones in the columns that point to them.
        queues = [{"Id": short, "Name": name, "Type": "Queue"} for name, short in self.queues.items()]
        return [*queues, {"Id": id15("00G", 1), "Name": "All Internal Users", "Type": "Organization"}]

    def milestones(self):
        rows = []
        for n, row in enumerate(self.standing.values()):
            met = row["sla_met"]
            due = {
                "TargetDate": stamp(row["sla_target_at"]),
                "CompletionDate": stamp(row["closed_at"]) if met == "true" else "",
                "IsCompleted": "true" if met == "true" else "false",
                "IsViolated": "true" if met == "false" else "false",
                "StoppedTimeInMins": round(float(row["paused_minutes"] or 0)),
                "MilestoneTypeId": id15("557", 2),
            }
            first = {
                **dict.fromkeys(due, ""),
                "TargetDate": stamp(row["created_at"]),
                "IsViolated": "true",
                "IsCompleted": "true",
                "MilestoneTypeId": id15("557", 1),
            }
            common = {"IsDeleted": "false", "CaseId": row["case_id"], "StartDate": stamp(row["created_at"])}
            rows += [{"Id": id18(id15("555", 2 * n + i)), **common, **one} for i, one in enumerate((first, due))]
        return rows

    def history(self):
        rows = []
        holder = defaultdict(lambda: self.system)
        for event in self.events:
            for field, kind, old, new in self._changes(event, holder):
                rows.append(
                    {
                        "Id": id18(id15("017", len(rows) + 1)),
                        "IsDeleted": "false",
                        "CaseId": event["case_id"][:15],
                        "CreatedById": id18(self._actor(event)),
                        "CreatedDate": stamp(event["occurred_at"]),
                        "Field": field,
                        "DataType": kind,
                        "OldValue": old,
                        "NewValue": new,
                    }
                )
        return rows

    def _changes(self, event, holder):
        """Return the rows of one event: field, type, old and new value; a lookup has a row of names and one of ids."""
        kind, case = event["event_type"], event["case_id"]
        if kind in ("assigned", "queue_moved", "accepted"):
            old = holder[case]
            new = self._actor(event) if kind == "accepted" else self.queues[event["to_queue"]]
            holder[case] = new
            field = "ownerAccepted" if kind == "accepted" else "Owner"
            return [(field, "Text", self._name(old), self._name(new)), (field, "EntityId", id18(old), id18(new))]
        if kind not in FIELDS:
            return []
        field, old, new = FIELDS[kind]
        return [(field, "DynamicEnum", event["old_value"] or old, event["new_value"] or new)]

    def _actor(self, event):
        machines = {"system": self.system, "automation": self.robot}
        return self.people.get(event["actor_id"]) or machines.get(event["actor_type"], self.desk)

    def _name(self, short):
        names = {short: name for name, short in (*self.queues.items(), *self.people.items())}
        return names.get(short, "Automated Process")

    def _staff(self):
        """Return vendor and language of each reviewer, as the cases tell them."""
        found = {who: Counter() for who in {row["actor_id"] for row in self.events} if who}
        for row in self.cases:
            if row["owner_id"]:
                found.setdefault(row["owner_id"], Counter())[row["vendor"], row["reviewer_language"]] += 1
        for row in self.cases:
            if row["decided_by"] and not found.setdefault(row["decided_by"], Counter()):
                found[row["decided_by"]][row["decided_vendor"], "en"] += 1
        return {who: counts.most_common(1)[0][0] for who, counts in sorted(found.items())}


def _locale(language):
    # Salesforce writes Indonesian by its old code, and most languages with a country.
    return {"en": "en_US", "id": "in", "zh": "zh_TW"}.get(language, language)


def rows_of(path):
    with duckdb.connect() as database:
        found = database.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def csv_text(rows, *, delimiter=",", end="\n"):
    """Return rows as Salesforce writes them: every cell in quotes."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_zip(objects, path):
    """Write a Data Export: one CSV an object."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, rows in objects.items():
            packed.writestr(f"{name}.csv", csv_text(rows))
    return path
