"""The demo estate: invented people of the reference scenario, and what loads them."""
