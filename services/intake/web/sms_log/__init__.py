"""The page of the station's text messages, for operators."""
