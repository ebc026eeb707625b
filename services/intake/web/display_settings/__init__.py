"""Pages that set the language, the size of text and the station."""
