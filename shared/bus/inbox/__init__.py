"""Receiving: consumer, parser, dispatcher, inbox rows, retries."""
