"""Reminders of events, sent to participants the evening before."""
