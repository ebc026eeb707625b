"""The volunteers service: who helps, what they have taken on, and the points that they earn."""
