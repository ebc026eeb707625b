"""The page of what belongs to whoever is signed in, and of this device's settings."""
