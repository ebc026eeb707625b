"""Notification rules and the templates of notifications."""
