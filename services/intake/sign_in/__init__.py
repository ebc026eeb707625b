"""Sign-in by one-time code, slip or password, and the sessions that it opens."""
