"""Signing in: one-time codes, slips, passwords, and the sessions that they open."""
