"""A webhook goes to listed hosts, and of their addresses to public and listed ones."""

import pytest

from tskit.errors import AlertError
from tskit.runs.alerts.places import addresses

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1::1"


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_6])
def test_a_listed_host_at_a_public_address_is_called(address):
    assert addresses("hooks.example", [address], ["hooks.example"]) == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "2002:0a00:0001::1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_address_is_refused(address):
    with pytest.raises(AlertError, match="private address"):
        addresses("hooks.example", [address], ["hooks.example"])


def test_a_private_address_is_called_where_it_or_its_network_is_listed():
    assert addresses("hook.corp", ["10.20.3.4"], ["hook.corp", "10.20.0.0/16"]) == ("10.20.3.4",)
    assert addresses("127.0.0.1", ["127.0.0.1"], ["127.0.0.1"]) == ("127.0.0.1",)
    assert addresses("localhost", ["::1"], ["localhost"]) == ("::1",)
    with pytest.raises(AlertError, match="private"):
        addresses("hook.corp", ["10.21.3.4"], ["hook.corp", "10.20.0.0/16"])


def test_of_several_addresses_only_those_that_may_be_called_are_left():
    assert addresses("hooks.example", ["10.0.0.1", PUBLIC], ["hooks.example"]) == (PUBLIC,)


def test_a_host_that_is_not_listed_is_refused():
    with pytest.raises(AlertError, match="not among 'allowed_hosts'"):
        addresses("evil.example", [PUBLIC], ["hooks.example"])
