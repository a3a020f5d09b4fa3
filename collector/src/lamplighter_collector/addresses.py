"""By which name an address on the network is counted; one rule for pages and devices."""

import ipaddress


def counted_address(host: str) -> str:
    """An IPv4 address itself, also where it is written as IPv6; of IPv6 the first 64 bits.

    Who has one IPv6 address has as many of its neighbours as they like. What is no address stays as it is.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
