"""What events refuse, and why, in plain words."""

from shared.errors import Conflict, Invalid
from shared.language import N_


class NotADraft(Conflict):
    """Only a draft can be published."""

    title = N_("This event has been published already")


class AlreadyStarted(Conflict):
    """Nobody is invited to what has begun."""

    title = N_("The event has begun already")


class FixedOncePublished(Conflict):
    """People have planned with it: what, where and when no longer change."""

    title = N_("What, where and when can't be changed once the event is published")
    hint = N_("Cancel it, so that everybody who joined is told, and publish another one.")


class NotPublished(Conflict):
    """It is a draft, cancelled or closed."""

    title = N_("This event is over, cancelled, or not published yet")


class EventOver(Conflict):
    """The event has ended."""

    title = N_("This event is over")


class NotStarted(Conflict):
    """What has not begun can't be closed."""

    title = N_("The event has not begun yet")
    hint = N_("If it doesn't take place, cancel it.")


class HasAttendance(Conflict):
    """Somebody was there: the event is closed, not cancelled."""

    title = N_("Somebody has checked in already; please close the event instead")


class Full(Conflict):
    """Nobody gets a place that isn't there."""

    title = N_("All places are taken")


class NoSuchPlaces(Invalid):
    """The event has no places at all in that role."""

    title = N_("This event has no places of that kind")


class AlreadyJoined(Conflict):
    """One person has one place."""

    title = N_("This person has a place already")


class Overlaps(Conflict):
    """Nobody is in two places at once, unless they say that they will."""

    title = N_("There is another event at that time: %(title)s")
    hint = N_("You can join all the same if you say so.")


class NotJoined(Conflict):
    """There is no place to give back, and nobody to check in."""

    title = N_("This person has no place in the event")


class AlreadyCheckedIn(Conflict):
    """Who is there can't take their name off."""

    title = N_("This person has been checked in already")


class CheckInNotOpen(Conflict):
    """Check-in has not opened."""

    title = N_("It is too early: check-in opens 30 minutes before the event, at %(time)s")


class NotCheckedIn(Conflict):
    """Who was not checked in can be checked out only with the minutes of a list on paper."""

    title = N_("This person was not checked in")
    hint = N_("If they were there, enter how many minutes.")


class LateEntryClosed(Conflict):
    """The list on paper comes too late."""

    title = N_("The event ended more than 30 days ago")


class AlreadyCheckedOut(Conflict):
    """Who has been checked out needs no code any more."""

    title = N_("You have been checked out; no code is needed any more")


class NotPresent(Conflict):
    """Only a check-in that is there can be undone."""

    title = N_("This person is not checked in now")


class UnknownCode(Invalid):
    """The code is nobody's, or nobody's any more."""

    title = N_("Nobody at this event has that code now; codes change every 5 minutes")
