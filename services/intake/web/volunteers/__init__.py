"""The page of volunteers and applicants."""
