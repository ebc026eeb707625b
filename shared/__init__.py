"""What the three services share: messages, the bus, and the edges of a service."""

VERSION = "0.1.0"
