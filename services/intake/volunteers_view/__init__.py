"""A read copy of who is a volunteer, fed by the volunteers service."""
