"""A read copy of volunteers, fed by messages of the volunteers service."""
