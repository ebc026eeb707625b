"""Pages that draw the trail of one correlation id."""
