"""What is told, to whom, over which channels and in which words."""
