"""The gateway, which forwards requests to the other services with a token of the caller."""
