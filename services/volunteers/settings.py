"""The settings of the volunteers service."""

from shared.settings import ServiceSettings


class VolunteersSettings(ServiceSettings):
    """The settings of every service; volunteers has no others."""
