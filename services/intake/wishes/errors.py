"""The errors of wishes."""

from shared.errors import Conflict, Forbidden
from shared.language import N_


class NotYours(Forbidden):
    """An action that only the wish's resident, or the desk for them, may take."""

    title = N_("Only the one who made this wish can do that")


class NotYourTask(Forbidden):
    """An action that only the wish's taker may take."""

    title = N_("Only the one who took this wish can do that")


class NotAVolunteer(Forbidden):
    """A claim for somebody who is no approved volunteer."""

    title = N_("Only an approved volunteer can take a wish")


class AlreadyReviewed(Conflict):
    """A review of a wish that was approved or declined before."""

    title = N_("This wish has already been reviewed")


class NotOpen(Conflict):
    """An action on a wish that is not open: it waits for review, or it is over."""

    title = N_("This wish is not open")


class AlreadyClaimed(Conflict):
    """A claim of a wish that somebody has claimed."""

    title = N_("Somebody has already taken this wish")


class OwnWish(Conflict):
    """A claim of the claimant's own wish."""

    title = N_("Nobody can take their own wish")


class SameTaker(Conflict):
    """A hand-over of a wish to its present taker."""

    title = N_("This wish is with that person already")


class NotClaimed(Conflict):
    """A return or delivery of a wish that has no taker."""

    title = N_("Nobody has taken this wish")


class AlreadyDelivered(Conflict):
    """An action on a wish that is delivered and waits for the resident's answer."""

    title = N_("This wish has been delivered and waits for an answer")


class NotDelivered(Conflict):
    """A confirmation or refusal of a wish that is not delivered."""

    title = N_("This wish has not been delivered")


class DeliveredByYourself(Conflict):
    """A confirmation by the person who took or delivered the wish."""

    title = N_("Nobody can confirm what they delivered themselves")


class DecisionNotDue(Conflict):
    """A decision by the desk before the resident has been silent for a week."""

    title = N_("The resident still has time to answer")


class AnsweredSince(Conflict):
    """A partner's report that is older than the resident's latest refusal."""

    title = N_("The resident has said since that it did not come true")


class TooManyPhotos(Conflict):
    """A photo beyond the four of a wish."""

    title = N_("A wish can have at most 4 photos")


class NotFulfilled(Conflict):
    """A reopening of a wish that is not confirmed."""

    title = N_("This wish has not been confirmed")


class TooLateToReopen(Conflict):
    """A resident's reopening later than a week after the confirmation."""

    title = N_("A confirmation can be withdrawn for 7 days only; please ask the desk")


class WishClosed(Conflict):
    """An action on a wish that is over."""

    title = N_("This wish is closed")
