"""The operators' API over messages, and the trail of a correlation id."""
