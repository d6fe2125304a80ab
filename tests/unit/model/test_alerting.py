"""Alerts of casebook.toml are read strictly: one that would never arrive, or elsewhere than it seems, is refused."""

import pytest

from tskit.errors import ParameterError
from tskit.model import Casebook

HOOK = """
[alerting]
allowed_hosts = ["hooks.example"]
[[alerts]]
name = "chat"
on = ["spike", "sla_breach"]
to = "webhook"
url = "https://hooks.example/services/"
secret = "chat"
sent_in = "url"
certainty = "high"
"""
COMMAND = """
[[alerts]]
name = "pager"
on = ["failure"]
to = "command"
command = ["/opt/page", "--team", "ts"]
templates = ["oncall_handover"]
"""


def _book(folder, text):
    (folder / "casebook.toml").write_text(text, encoding="utf-8")
    return Casebook.read(folder)


def test_rules_and_their_hosts_are_read(tmp_path):
    book = _book(tmp_path, HOOK + COMMAND)
    chat, pager = book.alerts
    assert (chat.host, chat.on, chat.certainty) == ("hooks.example", ("spike", "sla_breach"), "high")
    assert (pager.command, pager.templates) == (("/opt/page", "--team", "ts"), ("oncall_handover",))
    assert (book.alerting.timeout_seconds, book.alerting.attempts) == (10.0, 3)


def test_a_casebook_without_alerts_has_none(tmp_path):
    assert _book(tmp_path, "").alerts == ()


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("https://hooks.example/", "http://hooks.example/", "begins with https://"),
        ("https://hooks.example/", "ftp://hooks.example/", "begins with https://"),
        ("https://hooks.example/", "https://evil.example/", "add 'evil.example' to 'allowed_hosts'"),
        ("https://hooks.example/", "https://hooks.example@evil.example/", "no name, password"),
        ("https://hooks.example/", "https://hooks.example:99999/", "no address"),
        ("https://hooks.example/", "https://[/", "no address"),
        ("services/", "services/?key=abc", "no name, password"),
        ("services/", "services", "ends with /"),
        ("services/", "s\\r\\nHost: evil/", "begins with https://"),
        ('"chat"\nsent_in', '"Bearer abc"\nsent_in', "the secret itself never stands in a file"),
        ('sent_in = "url"', 'sent_in = "body"', "'sent_in' is one of"),
        ('"sla_breach"', '"sla-breach"', "Did you mean 'sla_breach'"),
        ('["spike", "sla_breach"]', "[]", "say on what"),
        ('["spike", "sla_breach"]', '"spike"', "a list of words"),
        ('"high"', '"sure"', "'certainty' is one of"),
        ('to = "webhook"', 'to = "mail"', "'to' is one of"),
        ('to = "webhook"', 'to = "command"', "a command needs"),
        ('name = "chat"', 'name = "../chat"', "needs a name"),
        ('name = "chat"', "name = 5", "needs a name"),
        ('certainty = "high"', 'header = "X: y"', "'header' is the name"),
        ('certainty = "high"', "text_only = 1", "'text_only' is true or false"),
        ('["hooks.example"]', '["https://hooks.example"]', "without https://"),
        ('["hooks.example"]', '["hooks.example"]\nattempts = 0', "'attempts' is a whole number"),
        ('["hooks.example"]', '["hooks.example"]\ntimeout_seconds = true', "'timeout_seconds' is a number"),
    ],
)
def test_what_cannot_work_is_refused_with_the_fix(tmp_path, was, becomes, told):
    assert was in HOOK
    with pytest.raises(ParameterError, match=r"casebook\.toml") as caught:
        _book(tmp_path, HOOK.replace(was, becomes))
    assert told in str(caught.value)


def test_loopback_may_go_without_encryption_where_it_is_listed(tmp_path):
    local = HOOK.replace("https://hooks.example/", "http://127.0.0.1:8099/")
    with pytest.raises(ParameterError, match="allowed_hosts"):
        _book(tmp_path, local)
    assert _book(tmp_path, local.replace('["hooks.example"]', '["127.0.0.1"]')).alerts[0].host == "127.0.0.1"


def test_two_alerts_of_one_name_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="two have this name"):
        _book(tmp_path, COMMAND + COMMAND)


def test_a_network_may_be_listed_for_private_addresses(tmp_path):
    book = _book(tmp_path, HOOK.replace('["hooks.example"]', '["Hooks.Example", "10.20.0.0/16"]'))
    assert book.alerting.allowed_hosts == ("hooks.example", "10.20.0.0/16")
