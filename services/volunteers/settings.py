"""The settings of the volunteers service."""

from shared.settings import ServiceSettings


class VolunteersSettings(ServiceSettings):
    """It needs what every service does, and no more."""
