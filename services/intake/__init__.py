"""Intake: the estate register, signing in, wishes, and the gateway that all clients use."""
