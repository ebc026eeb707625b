"""The page of volunteers and applicants: duties, and the application."""
