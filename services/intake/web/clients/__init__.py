"""HTTP clients of the other services, used by pages in the name of the signed-in actor."""
