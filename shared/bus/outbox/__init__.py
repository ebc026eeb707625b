"""Sending: recording messages, and relaying them to the transport."""
