"""Deliveries: one notification to one recipient over one channel, from message to outcome."""
