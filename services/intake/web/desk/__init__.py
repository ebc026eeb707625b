"""Pages of the desk: residents, their events, and what waits for staff."""
