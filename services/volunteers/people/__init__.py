"""Volunteers: their applications and their duties."""
