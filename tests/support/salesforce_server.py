"""An organisation of Salesforce on this machine: the documented REST and Bulk 2.0 contract, and faults by script.

It holds objects as rows of text and answers what tskit's client asks, over TLS: token, describe, limits, query with its
pages, query jobs with locators. It refuses what Salesforce refuses, and keeps a list of what it was asked.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import ipaddress
import itertools
import json
import re
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

STAMP = "%Y-%m-%dT%H:%M:%S.000"
REST_PAGE = 2000
NO_BULK = {"CaseStatus"}


@dataclass
class Answer:
    """What goes back: a status, a body and headers; `declared` is the length that is told, where it is another."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    is_dropped: bool = False


@dataclass
class Fault:
    """Something that goes wrong at the `nth` request whose method and address match, and for `times` of them.

    `before` is done to the organisation before it answers; `change` to its answer.
    """

    match: str
    change: Callable[[Answer], Answer] = lambda answer: answer
    before: Callable[[Org], None] = lambda org: None
    nth: int = 1
    times: int = 1
    seen: int = 0


@dataclass
class Table:
    """An object: the type of each field, and its rows; a row that is gone has IsDeleted `true`."""

    types: dict[str, str]
    rows: list[dict[str, str | None]]
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class Job:
    """A query job: what it found, how often it is looked at before it is done, and how it ends."""

    names: list[str]
    rows: list[list[str | None]]
    created: datetime
    operation: str
    looks: int
    failure: str = ""


@dataclass
class Org:
    """The organisation. `hidden` names fields that the user may not read; `secrets` are never to be seen elsewhere."""

    tables: dict[str, Table]
    hidden: set[str] = field(default_factory=set)
    now: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC)
    faults: list[Fault] = field(default_factory=list)
    client_id: str = "3MVG9-consumer-key"
    client_secret: str = "CANARY-client-secret"
    username: str = "reader@acme.example"
    public_key: str = ""
    audience: str = "https://login.salesforce.com"
    calls: int = 0
    allowed_calls: int = 15_000
    looks: int = 1
    is_strict: bool = False
    """Whether the user may not read FieldPermissions, and FieldDefinition keeps quiet about hidden fields."""
    tokens: list[str] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    slow: Callable[[Table, list[dict[str, str | None]]], bool] = lambda table, rows: False
    port: int = 0
    number: itertools.count = field(default_factory=itertools.count)

    def expire(self) -> None:
        """Let every token that was given be worth nothing."""
        self.tokens.clear()

    def grant(self) -> str:
        """Give a token that holds."""
        self.tokens.append(f"00D000000000001!CANARY-token-{next(self.number)}")
        return self.tokens[-1]

    def lose_jobs(self) -> None:
        """Forget every query job, as Salesforce does after seven days."""
        self.jobs.clear()

    def drop_field(self, table: str, name: str) -> None:
        """Delete a field of an object."""
        del self.tables[table].types[name]


def at(moment: datetime) -> str:
    return moment.strftime(STAMP) + "Z"


def error(status: int, code: str, message: str = "CANARY the words of an error quote queries") -> Answer:
    return Answer(status, json.dumps([{"message": message, "errorCode": code}]).encode(), {"Content-Type": JSON})


JSON = "application/json;charset=UTF-8"


def told(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": JSON})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    wbufsize = -1  # an answer in one piece: headers apart from their body wait for an acknowledgement
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        org: Org = self.server.org
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            org.log.append(f"{method} {self.path}")
            due = [fault for fault in org.faults if re.search(fault.match, f"{method} {self.path}")]
            for fault in due:
                fault.seen += 1
            due = [fault for fault in due if fault.nth <= fault.seen < fault.nth + fault.times]
            for fault in due:
                fault.before(org)
            answer = respond(org, method, self.path, self.headers, body)
            for fault in due:
                answer = fault.change(answer)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.is_dropped:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        length = len(answer.body) if answer.declared is None else answer.declared
        self.send_header("Content-Length", str(length))
        if length != len(answer.body):
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)


def respond(org: Org, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Return what Salesforce answers to a request."""
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/services/oauth2/token":
        return sign_in(org, headers, {name: values[-1] for name, values in parse_qs(body.decode()).items()})
    if headers.get("Authorization", "").removeprefix("Bearer ") not in org.tokens:
        return error(401, "INVALID_SESSION_ID")
    org.calls += 1
    if org.calls > org.allowed_calls:
        return error(403, "REQUEST_LIMIT_EXCEEDED")
    found = re.fullmatch(r"/services/data/v(\d+\.\d)/(.*)", parts.path)
    answer = resource(org, method, found[2].rstrip("/"), query, body) if found else error(404, "NOT_FOUND")
    answer.headers["Sforce-Limit-Info"] = f"api-usage={org.calls}/{org.allowed_calls}"
    if "gzip" in headers.get("Accept-Encoding", "") and answer.headers.get("Content-Type") == CSV:
        answer.body = gzip.compress(answer.body, 1)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


CSV = "text/csv; charset=UTF-8"


def sign_in(org: Org, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
    def refused(code: str) -> Answer:
        return told({"error": code, "error_description": "CANARY words of a refusal"}, 400)

    if form.get("grant_type") == "client_credentials":
        given = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if given != f"{org.client_id}:{org.client_secret}":
            return refused("invalid_client")
    elif form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
        try:
            claims = jwt.decode(
                form["assertion"], org.public_key, algorithms=["RS256"], audience=org.audience,
                options={"verify_exp": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            return refused("invalid_grant")
        life = claims["exp"] - org.now.timestamp()
        if (claims["iss"], claims["sub"]) != (org.client_id, org.username) or not 0 < life <= 300:
            return refused("invalid_grant")
    else:
        return refused("unsupported_grant_type")
    token = org.grant()
    return told({"access_token": token, "instance_url": f"https://localhost:{org.port}", "token_type": "Bearer"})


def resource(org: Org, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:  # noqa: C901, PLR0911  # a table of addresses
    if method == "GET" and path == "limits":
        left = org.allowed_calls - org.calls
        return told({"DailyApiRequests": {"Max": org.allowed_calls, "Remaining": left},
                     "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000 - len(org.jobs)}})  # fmt: skip
    if method == "GET" and path == "limits/recordCount":
        names = query["sObjects"].split(",")
        counts = [{"name": name, "count": len(alive(org.tables[name]))} for name in names if name in org.tables]
        return told({"sObjects": counts})
    if method == "GET" and path == "sobjects":
        return told({"sobjects": [{"name": name, "queryable": True} for name in org.tables]})
    if method == "GET" and (found := re.fullmatch(r"sobjects/(\w+)/describe", path)):
        return describe(org, found[1])
    if method == "GET" and (found := re.fullmatch(r"query(?:All)?(?:/(.+))?", path)):
        return rest_query(org, found[1] or "", query.get("q", ""))
    if method == "POST" and path == "jobs/query":
        return begin_job(org, json.loads(body))
    if found := re.fullmatch(r"jobs/query/(\w+)(/results)?", path):
        if found[1] not in org.jobs:
            return error(404, "NOT_FOUND")
        if method == "GET":
            return results(org, found[1], query) if found[2] else told(job_info(org, found[1]))
    return error(405, "METHOD_NOT_ALLOWED")


def alive(table: Table) -> list[dict[str, str | None]]:
    return [row for row in table.rows if row.get("IsDeleted") != "true"]


def seen(org: Org, name: str) -> dict[str, str]:
    """Return the types of the fields that the user may read."""
    return {one: kind for one, kind in org.tables[name].types.items() if f"{name}.{one}" not in org.hidden}


def describe(org: Org, name: str) -> Answer:
    if name not in org.tables:
        return error(404, "NOT_FOUND")
    labels = org.tables[name].labels
    fields = [
        {"name": one, "label": labels.get(one, one), "type": kind.rstrip("*"), "custom": one.endswith("__c"),
         "calculated": kind.endswith("*"), "picklistValues": []}
        for one, kind in seen(org, name).items()
    ]  # fmt: skip
    return told({"name": name, "queryable": True, "fields": fields})


class RefusedError(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


def selected(org: Org, soql: str, *, deleted: bool) -> tuple[list[str], list[dict[str, str | None]], Table]:
    """Return the fields and rows of a query in the part of SOQL that tskit writes."""
    org.queries.append(soql)
    found = re.fullmatch(r"SELECT ([\w, ]+) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY Id (ASC|DESC) LIMIT (\d+))?", soql)
    if not found:
        raise RefusedError("MALFORMED_QUERY")
    names, name = found[1].split(", "), found[2]
    if name not in org.tables:
        raise RefusedError("INVALID_TYPE")
    table = org.tables[name]
    if not set(names) <= set(seen(org, name)):
        raise RefusedError("INVALID_FIELD")
    rows = list(table.rows) if deleted else alive(table)
    for condition in found[3].split(" AND ") if found[3] else ():
        rows = [row for row in rows if holds(row, condition)]
    if found[4]:
        rows = sorted(rows, key=lambda row: row["Id"][:15], reverse=found[4] == "DESC")[: int(found[5])]
    return names, rows, table


def holds(row: Mapping[str, str | None], condition: str) -> bool:
    name, sign, value = re.fullmatch(r"(\w+) (>=|<|=) '?([^']*)'?", condition).groups()
    cell = row[name] or ""
    if name == "Id":
        cell, value = cell[:15], value[:15]
    return cell >= value if sign == ">=" else cell < value if sign == "<" else cell == value


def rest_query(org: Org, cursor: str, soql: str) -> Answer:
    if cursor:
        soql, _, start = base64.urlsafe_b64decode(cursor).decode().rpartition("@")
    else:
        start = "0"
    special = re.search(r"FROM (FieldDefinition|FieldPermissions) WHERE \S+ = '(\w+)'", soql)
    if special:
        return definitions(org, special[1], special[2])
    try:
        names, rows, table = selected(org, soql, deleted=False)
    except RefusedError as refused:
        return error(400, refused.code)
    begin = int(start)
    page = [{"attributes": {}, **{name: as_json(row.get(name), table.types[name]) for name in names}}
            for row in rows[begin : begin + REST_PAGE]]  # fmt: skip
    after = base64.urlsafe_b64encode(f"{soql}@{begin + REST_PAGE}".encode()).decode()
    body = {"totalSize": len(rows), "done": begin + REST_PAGE >= len(rows), "records": page}
    if not body["done"]:
        body["nextRecordsUrl"] = f"/services/data/v62.0/query/{quote(after)}"
    return told(body)


def definitions(org: Org, what: str, name: str) -> Answer:
    if what == "FieldPermissions" and org.is_strict:
        return error(403, "INSUFFICIENT_ACCESS")
    column = "QualifiedApiName" if what == "FieldDefinition" else "Field"
    ahead = "" if what == "FieldDefinition" else f"{name}."
    rows = [{column: f"{ahead}{one}"} for one in (seen(org, name) if org.is_strict else org.tables[name].types)]
    return told({"totalSize": len(rows), "done": True, "records": rows})


def as_json(cell: str | None, kind: str) -> object:
    if cell is None:
        return None
    if kind.rstrip("*") == "boolean":
        return cell == "true"
    if kind.rstrip("*") == "datetime":
        return cell.replace("Z", "+0000")
    return float(cell) if kind.rstrip("*") == "double" else cell


def begin_job(org: Org, asked: Mapping[str, str]) -> Answer:
    name = re.search(r"FROM (\w+)", asked["query"])[1]
    if name in NO_BULK:
        return error(400, "INVALIDENTITY")
    try:
        names, rows, table = selected(org, asked["query"], deleted=asked["operation"] == "queryAll")
    except RefusedError as refused:
        return error(400, refused.code)
    number = f"750{next(org.number):012d}AAA"
    failure = "QUERY_TIMEOUT: your query request was running for too long" if org.slow(table, rows) else ""
    cells = [[row.get(one) for one in names] for row in rows]
    org.jobs[number] = Job(names, cells, org.now, asked["operation"], org.looks, failure)
    return told(job_info(org, number, state="UploadComplete"))


def job_info(org: Org, number: str, state: str = "") -> dict[str, object]:
    job = org.jobs[number]
    if not state:
        job.looks -= 1
        state = "InProgress" if job.looks >= 0 else "Failed" if job.failure else "JobComplete"
    info: dict[str, object] = {
        "id": number, "operation": job.operation, "state": state, "createdDate": job.created.strftime(STAMP) + "+0000",
        "apiVersion": 62.0, "contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA",
        "numberRecordsProcessed": len(job.rows) if state == "JobComplete" else 0,
    }  # fmt: skip
    return {**info, "errorMessage": job.failure} if state == "Failed" else info


def results(org: Org, number: str, query: Mapping[str, str]) -> Answer:
    job, size = org.jobs[number], int(query.get("maxRecords", 50_000))
    locator = query.get("locator", "")
    if locator and not locator.startswith(f"{number}-"):
        return error(400, "InvalidLocator")
    start = int(locator.rpartition("-")[2]) if locator else 0
    page = job.rows[start : start + size]
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(job.names)
    writer.writerows([cell or "" for cell in row] for row in page)
    after = f"{number}-{start + size}" if start + size < len(job.rows) else "null"
    headers = {"Content-Type": CSV, "Sforce-Locator": after, "Sforce-NumberOfRecords": str(len(page))}
    return Answer(200, text.getvalue().encode(), headers)


@contextmanager
def running_org(org: Org, folder: Path):
    """Serve the organisation until the end of the block; `folder` gets the certificate that clients have to trust."""
    certificate, key = folder / "localhost.pem", folder / "localhost.key"
    make_certificate(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.org, server.lock = org, threading.Lock()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    org.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(certificate: Path, key: Path) -> None:
    """Write a certificate for localhost that signs itself."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(own.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(own, hashes.SHA256())
    )  # fmt: skip
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key.write_bytes(own.private_bytes(*form))
