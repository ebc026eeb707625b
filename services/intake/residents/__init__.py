"""The people of the estate, and who saw their phone numbers."""
