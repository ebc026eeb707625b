"""Pages that show the trail of one correlation id."""
