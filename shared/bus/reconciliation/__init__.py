"""Reconciliation: senders count what they sent, readers ask again for what they lack."""
