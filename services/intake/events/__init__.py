"""Community events: published by the station, joined by residents, attendance recorded."""
