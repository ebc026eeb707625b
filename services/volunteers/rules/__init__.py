"""Earning rules: data that says which message pays whom how many points."""
