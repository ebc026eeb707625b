"""Pages of the desk: residents, their events, and the staff's queue."""
