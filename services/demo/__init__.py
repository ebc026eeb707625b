"""The demo estate: the invented people of the reference scenario, and their loader."""
