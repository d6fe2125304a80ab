"""How an extract proves who it is, and that its secrets are seen nowhere."""

import logging
import re
import traceback
from base64 import b64encode
from datetime import timedelta

import pytest

from tests.support.salesforce_cases import NOW, key_pair
from tests.support.salesforce_server import Fault, Org, error, told
from tskit.errors import ParameterError, SourceError
from tskit.model import Source
from tskit.sources.salesforce.live.organisation import organisation_of
from tskit.sources.salesforce.live.settings import Settings, settings_of
from tskit.sources.salesforce.live.sign_in import Keys, _audience


@pytest.fixture(scope="module")
def keys():
    return key_pair()


@pytest.fixture
def by_jwt(desk, keys):
    """Somebody who signs in with a JWT."""
    private, desk.org.public_key = keys
    desk.settings["username"] = desk.org.username
    desk.secrets["private_key"] = private
    return desk


def asked(org: Org, path: str) -> int:
    return sum(path in line for line in org.log)


def test_a_jwt_signs_in_once_for_an_extract(by_jwt):
    by_jwt.org.now = NOW
    assert by_jwt.sync() == 1
    assert asked(by_jwt.org, "/oauth2/token") == 1


def test_a_key_may_be_kept_on_one_line(by_jwt):
    by_jwt.org.now = NOW
    private = by_jwt.secrets["private_key"]
    by_jwt.secrets["private_key"] = private.replace("\n", "\\n")
    by_jwt.sync()
    by_jwt.secrets["private_key"] = b64encode(private.encode()).decode()
    by_jwt.sync()


def test_a_jwt_that_is_renewed_hours_later_is_of_that_hour(by_jwt):
    by_jwt.org.now = NOW
    by_jwt.org.looks = 420

    def hours_later(org):
        org.now = NOW + timedelta(seconds=sum(by_jwt.clock.waits))
        org.expire()

    by_jwt.org.faults = [Fault(r"^GET .*/jobs/query/\w+$", before=hours_later, nth=300)]
    by_jwt.sync()
    assert sum(by_jwt.clock.waits) > 3600
    assert asked(by_jwt.org, "/oauth2/token") == 2


def test_a_clock_that_is_wrong_is_named_among_the_reasons(by_jwt):
    by_jwt.org.now = NOW + timedelta(hours=2)
    with pytest.raises(SourceError, match="the clock is wrong"):
        by_jwt.sync()


@pytest.mark.parametrize("host", ["acme--test.sandbox.my.salesforce.com", "acme--uat.my.salesforce.com"])
def test_a_sandbox_is_signed_in_as_one(by_jwt, host, monkeypatch):
    by_jwt.org.now = NOW
    by_jwt.org.audience = "https://test.salesforce.com"
    by_jwt.settings["audience"] = "https://test.salesforce.com"
    by_jwt.sync()
    assert _audience(host) == "https://test.salesforce.com"
    assert _audience("acme.my.salesforce.com") == "https://login.salesforce.com"


@pytest.mark.parametrize(
    ("kind", "settings", "secrets"),
    [
        ("client_secret", {}, {"client_secret": ""}),
        ("private_key", {"username": "a@b.example"}, {}),
        ("token", {"client_id": ""}, {}),
    ],
)
def test_a_secret_that_nobody_gave_is_asked_for_with_the_command_that_keeps_it(desk, kind, settings, secrets):
    desk.settings.update(settings)
    desk.secrets.update(secrets)
    with pytest.raises(SourceError, match=f"tskit secret set org --kind {kind} .*TSKIT_SOURCE_ORG_{kind.upper()}"):
        desk.sync()


@pytest.mark.parametrize("key", ["CANARY-no-key", "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----"])
def test_a_key_that_is_none_is_refused_without_a_word_of_it(by_jwt, key):
    by_jwt.secrets["private_key"] = key
    with pytest.raises(SourceError, match="RSA key in PEM form") as raised:
        by_jwt.sync()
    assert "CANARY" not in "".join(traceback.format_exception(raised.value))


def test_a_refusal_is_put_in_our_words(desk):
    desk.org.client_secret = "CANARY-another"
    desk.secrets["client_secret"] = "CANARY-wrong"
    with pytest.raises(SourceError, match="the consumer secret does not fit the consumer key") as raised:
        desk.sync()
    assert "CANARY" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    "body", [{}, {"access_token": ""}, {"access_token": "a", "instance_url": None}, ["CANARY"], None]
)
def test_an_answer_that_is_no_token_is_no_token(desk, body):
    desk.org.faults = [Fault("oauth2/token", lambda answer: told(body), times=100)]
    with pytest.raises(SourceError, match=r"what is no token|could not serve") as raised:
        desk.sync()
    assert "CANARY" not in str(raised.value)


def test_a_certificate_that_nobody_vouches_for_ends_the_extract(desk, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(SourceError, match="does not trust"):
        desk.sync()
    assert desk.org.log == []


def test_a_netrc_of_the_user_is_not_read(desk, tmp_path, monkeypatch):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine localhost login CANARY password CANARY\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert desk.sync() == 1


def test_secrets_are_in_no_file_no_log_no_error_and_no_repr(by_jwt, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    by_jwt.org.now = NOW
    private = by_jwt.secrets["private_key"]
    by_jwt.org.faults = [
        Fault(r"results", before=lambda org: org.expire(), nth=1),
        Fault(r"results", lambda answer: error(503, "SERVER_UNAVAILABLE"), nth=3, times=1000),
    ]
    with pytest.raises(SourceError) as raised:
        by_jwt.sync()
    by_jwt.org.faults = []
    by_jwt.sync()
    with organisation_of(
        settings_of(by_jwt.source), secret=by_jwt.secret, pace=by_jwt.clock.pace, now=by_jwt.org.now
    ) as organisation:
        organisation.limits()
        shown = [
            repr(one) for one in (organisation, *vars(organisation).values(), *organisation.session.adapters.values())
        ]
        shown += [repr(vars(organisation._api)), repr(Keys(Settings("org", "h"), secret=by_jwt.secret))]
    files = b"".join(path.read_bytes() for path in by_jwt.store.rglob("*") if path.is_file())
    everything = "".join([*shown, caplog.text, "".join(traceback.format_exception(raised.value)), *capfd.readouterr()])
    for secret in (*(f"CANARY-token-{number}" for number in range(99)), *re.findall(r"[\w+/]{40,}", private)):
        assert secret not in everything
        assert secret.encode() not in files


def test_every_setting_is_of_its_kind_and_an_unknown_one_leads_to_the_nearest():
    def refused(**settings: object) -> str:
        with pytest.raises(ParameterError) as raised:
            settings_of(Source("org", url="salesforce://acme.my.salesforce.com", settings=settings))
        return str(raised.value)

    assert "Did you mean 'page_rows'" in refused(page_row=3)
    assert "another kind than 20000" in refused(page_rows="many")
    assert "another kind than 20000" in refused(page_rows=True)
    assert "at least 1" in refused(page_rows=0)
    assert "list of API names" in refused(objects="Case")
    assert "no API name" in refused(objects=["Case WHERE Id != null"])
    assert "no API name" in refused(fields={"Case": ["Id, (SELECT Id FROM Contacts)"]})
    assert "a table" in refused(fields=["Id"])
    assert "as in 62.0" in refused(api_version="v62")
    assert "above 0" in refused(share_of_calls=0)
    assert "objects and fields" in refused(leave_out=["Description"])
    assert "client_id" in refused(username="a@b.example")


@pytest.mark.parametrize(
    "url", ["salesforce://", "salesforce://user@acme.example", "salesforce://acme.example/path", "salesforce://a?x=1"]
)
def test_a_url_names_the_domain_alone(url):
    with pytest.raises(ParameterError, match="domain alone"):
        settings_of(Source("org", url=url))
