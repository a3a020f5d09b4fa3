"""What is probably wrong with addresses, said before laptops find out. Nothing is refused for it.

A name may be entered into the name service later, and a port be given free; so these are sentences.
"""

import socket

from lamplighter_collector.setup.answers import Addresses


def of_names(addresses: Addresses) -> tuple[str, ...]:
    """Names that this machine can't find; may take as long as its name service does."""
    return tuple(
        f"{name} can't be found from here: enter it into the name service"
        for name in (addresses.name, *addresses.also)
        if not _is_found(name)
    )


def of_ports(addresses: Addresses, except_for: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Ports that another program has, but for those that are the collector's own already."""
    return tuple(
        f"the port {port} of {section} is taken on {addresses.listen}"
        for section, port in addresses.ports.items()
        if port not in except_for and _is_taken(addresses.listen, port)
    )


def _is_found(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, None))
    except OSError:
        return False


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            # A port below 1024: the service may have it, this account not.
            return False
        except OSError:
            return True
    return False
