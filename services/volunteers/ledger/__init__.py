"""The ledger of points, in double entry."""
