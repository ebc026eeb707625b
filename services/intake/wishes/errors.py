"""What a wish refuses, and why, in plain words."""

from shared.errors import Conflict, Forbidden
from shared.language import N_


class NotYours(Forbidden):
    """Only the one who made the wish, or the desk for them, may do this."""

    title = N_("Only the one who made this wish can do that")


class NotYourTask(Forbidden):
    """Only the one who took the wish may do this."""

    title = N_("Only the one who took this wish can do that")


class NotAVolunteer(Forbidden):
    """Wishes are taken by approved volunteers, partners and the station."""

    title = N_("Only an approved volunteer can take a wish")


class AlreadyReviewed(Conflict):
    """The wish was approved or declined before."""

    title = N_("This wish has already been reviewed")


class NotOpen(Conflict):
    """The wish can't be taken: it waits for review, or it is over."""

    title = N_("This wish is not open")


class AlreadyClaimed(Conflict):
    """Somebody else was faster."""

    title = N_("Somebody has already taken this wish")


class OwnWish(Conflict):
    """Nobody takes their own wish."""

    title = N_("Nobody can take their own wish")


class SameTaker(Conflict):
    """A wish is handed over to somebody else."""

    title = N_("This wish is with that person already")


class NotClaimed(Conflict):
    """Nobody has the wish, so that nobody can give it back or deliver it."""

    title = N_("Nobody has taken this wish")


class AlreadyDelivered(Conflict):
    """The wish was delivered and waits for the resident's word."""

    title = N_("This wish has been delivered and waits for an answer")


class NotDelivered(Conflict):
    """There is nothing to confirm or refuse."""

    title = N_("This wish has not been delivered")


class DeliveredByYourself(Conflict):
    """Nobody confirms what they delivered themselves."""

    title = N_("Nobody can confirm what they delivered themselves")


class DecisionNotDue(Conflict):
    """The desk decides only where the resident has been silent for a week."""

    title = N_("The resident still has time to answer")


class AnsweredSince(Conflict):
    """It was said before the resident said no, and comes only now."""

    title = N_("The resident has said since that it did not come true")


class NotFulfilled(Conflict):
    """There is no confirmation to withdraw."""

    title = N_("This wish has not been confirmed")


class TooLateToReopen(Conflict):
    """After a week only the desk withdraws a confirmation."""

    title = N_("A confirmation can be withdrawn for 7 days only; please ask the desk")


class WishClosed(Conflict):
    """The wish is over."""

    title = N_("This wish is closed")
