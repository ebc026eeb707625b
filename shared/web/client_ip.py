"""Where a client comes from, as far as it can be counted."""

import ipaddress

from fastapi import Request


def network_of(request: Request) -> str | None:
    """The client's address, of IPv6 the /64 that one household has; None over a Unix socket."""
    if request.client is None:
        return None
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
