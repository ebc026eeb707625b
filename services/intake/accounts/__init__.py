"""The accounts of those who work at or with a station: staff, operators, partners."""
