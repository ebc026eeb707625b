"""Pages of events: list, join, plan, manage, check in."""
