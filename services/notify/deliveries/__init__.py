"""Deliveries: one notification to one recipient over one channel, from the message to the outcome."""
