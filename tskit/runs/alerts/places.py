"""Where a webhook may go: hosts that the casebook lists, and of their addresses only public ones and listed ones."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from tskit.errors import AlertError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["addresses", "resolve"]

_Address = IPv4Address | IPv6Address
_NAT64 = ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host, as the system finds them.

    Raises:
        OSError: there is none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses(host: str, found: Sequence[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Return those of the addresses `found` for a host that a message may be sent to.

    The connection is made to one of them, so that a name cannot lead elsewhere a moment later.

    Raises:
        AlertError: the host is not allowed, or all that it leads to is private and not listed.
    """
    if host not in allowed:
        raise AlertError(f"{host} is not among 'allowed_hosts' of [alerting].")
    usable = tuple(text for text in found if _may_go(host, _parsed(text), allowed))
    if not usable:
        raise AlertError(
            f"{host} leads to a private address. List the address or its network in 'allowed_hosts' where that is meant."
        )
    return usable


def _may_go(host: str, address: _Address, allowed: Collection[str]) -> bool:
    inner = _inside(address)
    is_site = (
        isinstance(inner, IPv6Address) and inner.is_site_local
    )  # of old networks, and not for the rest of the world
    if inner.is_global and not (inner.is_multicast or inner.is_reserved or is_site):
        return True
    is_local = host == "localhost" and inner.is_loopback
    return is_local or any(inner in network for network in (_network(text) for text in allowed) if network is not None)


def _parsed(text: str) -> _Address:
    return ip_address(text.partition("%")[0])


def _inside(address: _Address) -> _Address:
    """Return the address of version 4 that one of version 6 stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    within = address.ipv4_mapped or address.sixtofour
    return within or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
