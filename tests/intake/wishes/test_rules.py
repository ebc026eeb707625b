"""Which actor may take which action on a wish, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.intake.wishes import errors
from services.intake.wishes.models import LEASE_TTL
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor
from tests.intake.wishes.factories import (
    COLLEAGUE,
    DESK,
    FACTORY_BY_STATE,
    NEIGHBOUR,
    STATION_TAKER,
    VOLUNTEER,
    WISHER,
    make_claimed_wish,
    make_delivered_wish,
    make_fulfilled_wish,
    make_open_wish,
)


def test_a_claim_is_leased_for_a_week() -> None:
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    with clock.frozen(noon):
        assert (
            make_claimed_wish().lease_until
            == noon + LEASE_TTL
            == datetime(2026, 3, 12, 12, tzinfo=UTC)
        )


def test_the_station_has_no_lease() -> None:
    assert make_claimed_wish(STATION_TAKER).lease_until is None


def test_resident_cannot_claim_their_own_wish() -> None:
    with pytest.raises(errors.OwnWish):
        make_open_wish().claim(WISHER)


@pytest.mark.parametrize("somebody", [NEIGHBOUR, WISHER, DESK])
def test_only_the_taker_delivers(somebody: Actor) -> None:
    with pytest.raises(errors.NotYourTask):
        make_claimed_wish().deliver(somebody, "换好了", 30)


def test_the_desk_delivers_on_behalf_of_the_volunteer() -> None:
    wish = make_claimed_wish()
    wish.deliver(DESK.acting_for(VOLUNTEER.person), "换好了", 30)
    assert wish.state == WishState.DELIVERED


def test_any_clerk_delivers_a_wish_of_the_station() -> None:
    wish = make_claimed_wish(STATION_TAKER)
    for somebody in (NEIGHBOUR, COLLEAGUE.acting_for(VOLUNTEER.person)):
        with pytest.raises(errors.NotYourTask):
            wish.deliver(somebody, "换好了", 30)
    wish.deliver(COLLEAGUE, "换好了", 30)
    assert wish.delivered_by == COLLEAGUE.person


def test_only_the_taker_and_the_desk_give_back() -> None:
    for somebody in (NEIGHBOUR, WISHER):
        with pytest.raises(errors.NotYourTask):
            make_claimed_wish().release(somebody)
    wish = make_claimed_wish()
    wish.release(DESK)
    assert wish.state == WishState.OPEN


def test_the_desk_confirms_on_behalf_of_the_resident() -> None:
    wish = make_delivered_wish()
    wish.confirm(DESK.acting_for(WISHER.person), "谢谢", photos_public=True)
    assert (wish.state, wish.thanks, wish.photos_public) == (WishState.FULFILLED, "谢谢", True)


@pytest.mark.parametrize("actor", [DESK, DESK.acting_for(WISHER.person)])
def test_clerk_cannot_confirm_their_own_delivery(actor: Actor) -> None:
    wish = make_delivered_wish(STATION_TAKER, actor=DESK)
    with clock.shifted(timedelta(days=8)), pytest.raises(errors.DeliveredByYourself):
        wish.confirm(actor, None, photos_public=False)
    wish.confirm(COLLEAGUE.acting_for(WISHER.person), None, photos_public=False)


@pytest.mark.parametrize("actor", [VOLUNTEER, DESK.acting_for(VOLUNTEER.person)])
def test_the_taker_does_not_confirm(actor: Actor) -> None:
    with pytest.raises(errors.DeliveredByYourself):
        make_delivered_wish().confirm(actor, None, photos_public=False)


def test_clerk_cannot_confirm_a_delivery_they_recorded() -> None:
    wish = make_delivered_wish(actor=DESK.acting_for(VOLUNTEER.person))
    with pytest.raises(errors.DeliveredByYourself):
        wish.confirm(DESK.acting_for(WISHER.person), None, photos_public=False)


@pytest.mark.parametrize("somebody", [NEIGHBOUR, DESK.acting_for(NEIGHBOUR.person)])
def test_others_cannot_confirm_or_refuse_for_the_resident(somebody: Actor) -> None:
    wish = make_delivered_wish()
    with clock.shifted(timedelta(days=8)):
        with pytest.raises(errors.NotYours):
            wish.confirm(somebody, None, photos_public=False)
        with pytest.raises(errors.NotYours):
            wish.refuse(somebody)


def test_the_desk_decides_alone_only_after_a_week_of_silence() -> None:
    wish = make_delivered_wish()
    with clock.shifted(timedelta(days=6, hours=23)), pytest.raises(errors.DecisionNotDue):
        wish.confirm(DESK, None, photos_public=False)
    with clock.shifted(timedelta(days=6, hours=23)), pytest.raises(errors.DecisionNotDue):
        wish.refuse(DESK)
    with clock.shifted(timedelta(days=7, minutes=1)):
        wish.confirm(DESK, None, photos_public=False)
    assert wish.state == WishState.FULFILLED


def test_refusal_renews_the_lease_and_clears_the_delivery() -> None:
    wish = make_delivered_wish()
    with clock.shifted(timedelta(days=5)):
        wish.refuse(WISHER)
        assert wish.lease_until is not None
        assert wish.lease_until > clock.now() + timedelta(days=6)
    assert wish.taker_id == VOLUNTEER.person
    assert (wish.delivered_by, wish.delivered_at, wish.minutes) == (None, None, None)


def test_each_confirmation_has_a_revision_of_its_own() -> None:
    wish = make_fulfilled_wish()
    assert wish.confirmations == 1
    wish.reopen(WISHER)
    assert (wish.state, wish.taker_id, wish.thanks) == (WishState.CLAIMED, VOLUNTEER.person, None)
    wish.deliver(VOLUNTEER, "又换了一次", 10)
    wish.confirm(WISHER, None, photos_public=False)
    assert wish.confirmations == 2


def test_reopening_withdraws_the_consent_to_photos() -> None:
    wish = make_delivered_wish()
    wish.confirm(WISHER, None, photos_public=True)
    wish.reopen(WISHER)
    assert not wish.photos_public


def test_after_a_week_only_the_desk_withdraws_a_confirmation() -> None:
    wish = make_fulfilled_wish()
    with clock.shifted(timedelta(days=8)):
        with pytest.raises(errors.TooLateToReopen):
            wish.reopen(WISHER)
        wish.reopen(DESK)
    assert wish.state == WishState.CLAIMED


@pytest.mark.parametrize("somebody", [NEIGHBOUR, VOLUNTEER])
def test_others_cannot_withdraw_a_wish_or_reopen_it(somebody: Actor) -> None:
    with pytest.raises(errors.NotYours):
        make_fulfilled_wish().reopen(somebody)
    with pytest.raises(errors.NotYours):
        make_claimed_wish().withdraw(somebody)


def test_the_desk_withdraws_a_wish_only_on_behalf_of_its_resident() -> None:
    with pytest.raises(errors.NotYours):
        make_open_wish().withdraw(DESK)
    wish = make_open_wish()
    wish.withdraw(DESK.acting_for(WISHER.person))
    assert wish.state == WishState.WITHDRAWN


@pytest.mark.parametrize("state", FACTORY_BY_STATE)
def test_neighbours_see_only_open_wishes_and_never_the_person(state: WishState) -> None:
    wish = FACTORY_BY_STATE[state]()
    assert wish.visible_to(NEIGHBOUR) == (state == WishState.OPEN)
    assert not wish.shows_person_to(NEIGHBOUR)
    assert wish.visible_to(WISHER)
    assert wish.visible_to(DESK)
    assert wish.shows_person_to(VOLUNTEER) == (wish.taker_id == VOLUNTEER.person)


def test_nobody_is_the_taker_of_an_open_wish() -> None:
    nobody = replace(NEIGHBOUR, person=UUID(int=0))
    assert not make_open_wish().is_taker(nobody)
