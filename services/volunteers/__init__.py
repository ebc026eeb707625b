"""The volunteers service: volunteers, their duties, and the points that they earn."""
