"""The errors of the register."""

from shared.errors import Conflict
from shared.language import N_


class BuildingAlreadyExists(Conflict):
    """A second building with the same number."""

    title = N_("This building is on the register already")


class HomeAlreadyExists(Conflict):
    """A second home with the same unit and number."""

    title = N_("This home is on the register already")
