"""Ports of the loopback for what a test starts."""

import socket


def free_port() -> int:
    """One that nobody has taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
