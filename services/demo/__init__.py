"""The demo estate: its invented people, wishes and events in YAML, and their loader."""
