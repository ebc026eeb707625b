"""The errors of events."""

from shared.errors import Conflict, Invalid
from shared.language import N_


class NotADraft(Conflict):
    """A publication of an event that is no draft."""

    title = N_("This event has been published already")


class AlreadyStarted(Conflict):
    """A publication of an event that has started."""

    title = N_("The event has begun already")


class FixedOncePublished(Conflict):
    """A change of what, where or when of a published event, which people have planned with."""

    title = N_("What, where and when can't be changed once the event is published")
    detail = N_("Cancel it, so that everybody who joined is told, and publish another one.")


class NotPublished(Conflict):
    """An action on an event that is a draft, cancelled or closed."""

    title = N_("This event is over, cancelled, or not published yet")


class EventOver(Conflict):
    """An action on an event that has ended."""

    title = N_("This event is over")


class NotStarted(Conflict):
    """An action on an event that has not started."""

    title = N_("The event has not begun yet")


class ClosedTooEarly(NotStarted):
    """A closing of an event that has not started."""

    detail = N_("If it doesn't take place, cancel it.")


class HasAttendance(Conflict):
    """A cancellation of an event at which somebody was checked in."""

    title = N_("Somebody has checked in already; please close the event instead")


class Full(Conflict):
    """A join without a free place."""

    title = N_("All places are taken")


class NoSuchPlaces(Invalid):
    """A join in a role for which the event has no places at all."""

    title = N_("This event has no places of that kind")


class AlreadyJoined(Conflict):
    """A join by a person who has a place already."""

    title = N_("This person has a place already")


class Overlaps(Conflict):
    """A join that overlaps another event, unless overlaps are allowed."""

    title = N_("There is another event at that time: %(title)s")
    detail = N_("You can join all the same if you say so.")


class NotJoined(Conflict):
    """An action for a person who has no place in the event."""

    title = N_("This person has no place in the event")


class AlreadyCheckedIn(Conflict):
    """A leave by a person who has been checked in."""

    title = N_("This person has been checked in already")


class CheckInNotOpen(Conflict):
    """A check-in before check-in has opened."""

    title = N_("It is too early: check-in opens 30 minutes before the event, at %(time)s")


class NotCheckedIn(Conflict):
    """A check-out without a check-in, and without the minutes of a paper list."""

    title = N_("This person was not checked in")
    detail = N_("If they were there, enter how many minutes.")


class LateEntryClosed(Conflict):
    """An entry from a paper list later than 30 days after the event."""

    title = N_("The event ended more than 30 days ago")


class AlreadyCheckedOut(Conflict):
    """A request for a code by a person who has been checked out."""

    title = N_("You have been checked out; no code is needed any more")


class NotPresent(Conflict):
    """An undo of a check-in for a person who is not checked in."""

    title = N_("This person is not checked in now")


class UnknownCode(Invalid):
    """A code that belongs to nobody at the event, or that has expired."""

    title = N_("Nobody at this event has that code now; codes change every 5 minutes")
