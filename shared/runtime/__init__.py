"""A service as it runs: application, replica, server."""
