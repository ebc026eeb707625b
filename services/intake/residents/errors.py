"""The errors of residents."""

from shared.errors import Conflict
from shared.language import N_


class PhoneAlreadyExists(Conflict):
    """A phone that another resident of the station has."""

    title = N_("Somebody on the register has this phone number already")


class NoPhone(Conflict):
    """A reveal for a resident without a phone."""

    title = N_("This resident has no phone number on the register")
