"""The page that documents the messages of the bus."""
