"""The gateway: what the other services own is forwarded to them, with who is asking."""
