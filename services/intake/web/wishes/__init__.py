"""Pages of wishes: list, create, deliver, confirm, and the other actions."""
