"""Pages of sign-in and sign-out."""
