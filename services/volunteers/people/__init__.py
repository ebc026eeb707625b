"""Volunteers: who applied, who is approved, and what they have taken on."""
