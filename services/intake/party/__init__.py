"""Party members who live on the estate: for staff only, and in no message."""
