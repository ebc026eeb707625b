"""Pages of wishes: browse, post, act, deliver, confirm."""
