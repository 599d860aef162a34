"""Which addresses others may name to us: public ones. What is checked here is what is connected to (SSRF)."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_EMBEDDING = [ip_network(text) for text in (
    "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96",  # IPv4 compatible, mapped and translated
    "64:ff9b::/96", "64:ff9b:1::/48",  # NAT64
    "2002::/16", "2001::/32",  # 6to4, Teredo
    "fec0::/10",  # site-local
)]
"""IPv6 that may end at any IPv4 address, or inside; a real receiver has a plain address."""


class AddressRefused(Exception):
    """The host is, or resolves to, an address that is not public."""


async def resolved(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to. One private address among several refuses the host.

    Raises AddressRefused; OSError when the name is unknown.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not (allow_private or all(is_public(address) for address in addresses)):
        raise AddressRefused
    return addresses[0]


def is_public(text: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (
        address.scope_id is not None or any(address in network for network in _EMBEDDING)
    ):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_link_local
    )
