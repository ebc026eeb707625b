"""What is allowed with a volunteer is done, and what is not allowed is refused; no database."""

from hypothesis import given
from hypothesis import strategies as st

from services.volunteers.people.models import Volunteer, VolunteerState
from services.volunteers.people.policies import POLICIES
from shared.auth import Actor, Role
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from shared.errors import Problem
from shared.ids import new_id

STATION, RESIDENT, PERSON = new_id(), new_id(), new_id()
actors = st.builds(
    Actor,
    station=st.sampled_from([STATION, STATION, new_id()]),
    person=st.sampled_from([RESIDENT, PERSON]),
    roles=st.frozensets(st.sampled_from(Role), max_size=2),
    on_behalf_of=st.sampled_from([None, RESIDENT]),
)


def make_volunteer(state: VolunteerState) -> Volunteer:
    """Create a volunteer in that state, whose messages are recorded already."""
    volunteer = Volunteer.apply(STATION, RESIDENT, [], [])
    assert [type(message) for message in volunteer.pending] == [VolunteerApplied]
    volunteer.pending.clear()
    volunteer.state = state.value
    return volunteer


def approve(volunteer: Volunteer, actor: Actor) -> bool:
    """Approve the volunteer; return whether it was not refused."""
    try:
        volunteer.approve(actor)
    except Problem:
        return False
    return True


@given(state=st.sampled_from(VolunteerState), actor=actors)
def test_volunteer_obeys_what_is_allowed(state: VolunteerState, actor: Actor) -> None:
    volunteer = make_volunteer(state)
    allowed = volunteer.allowed_actions(actor)
    is_approved = approve(volunteer, actor)
    assert is_approved == ("approve" in allowed)
    messages = [type(message) for message in volunteer.pending]
    assert messages == ([VolunteerApproved] if is_approved else [])


def test_only_the_desk_may_approve_and_only_an_application() -> None:
    assert Volunteer.actions.keys() == {"approve"}
    assert Volunteer.actions["approve"].roles == POLICIES["volunteers.approve"]
    for role in Role:
        actor = Actor(STATION, PERSON, frozenset({role}))
        for state in VolunteerState:
            may_approve = actor.is_staff and state == VolunteerState.APPLIED
            allowed = make_volunteer(state).allowed_actions(actor)
            assert allowed == ({"approve"} if may_approve else set()), (role, state)
