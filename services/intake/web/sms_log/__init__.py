"""The page of text messages that were sent, for operators."""
