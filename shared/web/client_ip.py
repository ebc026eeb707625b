"""The network address of a client, for rate limits."""

import ipaddress

from fastapi import Request


def network_of(request: Request) -> str | None:
    """Return the client's IPv4 address or IPv6 /64 network; None over a Unix socket."""
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
