"""Which addresses of the network may be asked, where strangers say whom to ask (SSRF, CWE-918).

A name is looked up once, every address that it has is judged, and the very address that was judged is
connected to: so a name that changes between two lookups (DNS rebinding) leads nowhere.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_CLOSED: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            # IANA's registries of special-purpose addresses (RFC 6890), those that are nobody's in public.
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers (RFC 6598); the metadata of Alibaba Cloud
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",  # the metadata of Oracle Cloud
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "168.63.129.16/32",  # public by its number; within Azure it is the host
            "::/96",
            "100::/64",
            "64:ff9b:1::/48",
            "2001::/23",  # Teredo, benchmarks, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4: it leads to an IPv4 address by way of strangers
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",  # with the metadata of AWS
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)

_EMBEDDING: tuple[IPv6Network, ...] = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4-mapped (RFC 4291) and NAT64 (RFC 6052): the last 32 bits are the address that is reached."""


class Reach(NamedTuple):
    """Whom one may ask: all public addresses, and the networks that the operator allows beside."""

    allowed: tuple[Network, ...] = ()

    def allows(self, address: str) -> bool:
        """Tell whether an address lies in a network that the operator allows."""
        found = _read(address)
        return found is not None and _within(found, self.allowed)

    def reaches(self, address: str) -> bool:
        """Tell whether an address may be asked.

        >>> PUBLIC.reaches("93.184.215.14"), PUBLIC.reaches("::ffff:10.0.0.1"), PUBLIC.reaches("2002:a00:1::")
        (True, False, False)
        """
        found = _read(address)
        if found is None:
            return False
        return _within(found, self.allowed) or (found.is_global and not _within(found, _CLOSED))


PUBLIC = Reach()
"""Public addresses alone."""


def _read(address: str) -> Address | None:
    """Return an address, one of IPv4 where another form stands for it; None for a text that is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and any(found in network for network in _EMBEDDING):
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks: 10.0.0.0/8, fd00::/8, or a single address.

    Raises:
        ValueError: one is none.
    """
    return tuple(ip_network(text.strip()) for text in texts if text.strip())
