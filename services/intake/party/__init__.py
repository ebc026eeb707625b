"""Party members who live on the estate: for the staff's eyes, and never on the bus."""
