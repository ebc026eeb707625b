"""Operators' actions on messages: redrive, replay, snapshots, tail."""
