"""Earning rules: rows that say which message pays whom how many points."""
