"""Pages of events: browse, join, plan, manage, check in."""
