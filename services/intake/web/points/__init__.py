"""The points page."""
