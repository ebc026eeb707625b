"""Routes to sign in and out, to issue slips, and of the signed-in person."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import StringConstraints, model_validator

from services.intake.accounts import actions as accounts
from services.intake.accounts.models import Account
from services.intake.phones import Phone
from services.intake.residents import actions as residents
from services.intake.residents.models import Resident
from services.intake.sign_in import actions, authentication, queries
from services.intake.sign_in.actions import (
    CheckedProof,
    NewSession,
    PasswordProof,
    PhoneCodeProof,
    Proof,
    SlipProof,
)
from services.intake.sign_in.authentication import clear_session_cookie, session_token
from services.intake.sign_in.queries import Profile
from services.intake.stations import queries as stations
from services.intake.stations.api import StationView
from shared.auth import Actor, Role
from shared.db import sealer_of
from shared.language import N_, Language
from shared.sealing import Sealer
from shared.web.authentication import CurrentActor
from shared.web.client_ip import network_of
from shared.web.http import SESSIONS, ApiRouter, RequestModel, ResponseModel, Tx

router = ApiRouter(tags=["sign-in"])
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PROOF_FIELDS = ({"phone", "code"}, {"slip"}, {"username", "password"})


class SignInCodeRequest(RequestModel):
    """The phone that gets a code, and its station where there are several."""

    station: Text | None = None
    phone: Phone


class Accepted(ResponseModel):
    """The answer for every phone, known or not."""

    status: str = "accepted"


class SignIn(RequestModel):
    """Phone and code, or a slip, or user name and password."""

    station: Text | None = None
    phone: Phone | None = None
    code: Text | None = None
    slip: Text | None = None
    username: Text | None = None
    password: Text | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        fields = self.model_dump(exclude_none=True, exclude={"station"})
        if set(fields) not in PROOF_FIELDS:
            raise ValueError(N_("Send phone and code, or a slip, or user name and password"))
        return self

    @property
    def proof(self) -> Proof:
        """The proof that the request carries."""
        if self.phone is not None and self.code is not None:
            return PhoneCodeProof(self.phone, self.code)
        if self.username is not None and self.password is not None:
            return PasswordProof(self.username, self.password)
        return SlipProof(self.slip or "")


class PersonView(ResponseModel):
    """The person who signed in."""

    id: UUID
    name: str


class SignedIn(ResponseModel):
    """A session; the token is a bearer token of the API."""

    token: str
    expires_at: datetime
    person: PersonView
    roles: list[Role]
    language: Language

    @classmethod
    def of(cls, session: NewSession, actor: Actor) -> Self:
        """Return the view of a new session."""
        return cls(
            token=session.token,
            expires_at=session.expires_at,
            person=_person_view(session.person),
            roles=sorted(actor.roles),
            language=actor.language,
        )


class Me(ResponseModel):
    """The signed-in person, with roles, language, phone and station."""

    person: PersonView
    roles: list[Role]
    language: Language
    phone: str | None
    station: StationView

    @classmethod
    def of(cls, profile: Profile, actor: Actor, sealer: Sealer) -> Self:
        """Return the actor's view of themselves, with the phone masked."""
        person = profile.person
        return cls(
            person=_person_view(person),
            roles=sorted(actor.roles),
            language="en" if person.language == "en" else "zh",
            phone=_masked(person, sealer),
            station=StationView.model_validate(profile.station),
        )


class LanguageChoice(RequestModel):
    """The language in which the person wants to be addressed."""

    language: Language


class SlipView(ResponseModel):
    """A slip to print; the code is shown here and never again."""

    id: UUID
    code: str
    expires_at: datetime


def _person_view(person: Resident | Account) -> PersonView:
    name = person.name if isinstance(person, Resident) else person.display_name
    return PersonView(id=person.id, name=name)


def _masked(person: Resident | Account, sealer: Sealer) -> str | None:
    return person.masked_phone(sealer) if isinstance(person, Resident) else None


async def check_proof(request: Request, body: SignIn) -> CheckedProof:
    """Count the attempt and check the proof, before the request's own transaction begins."""
    async with SESSIONS.get(request.app.state)() as tx:
        station = await stations.get_by_code(tx, body.station)
    return await authentication.check_proof(request, station.id, body.proof)


@router.post("/sign-in/codes", policy="sign-in", status_code=202)
async def ask_for_code(request: Request, body: SignInCodeRequest, tx: Tx) -> Accepted:
    """Have a one-time code sent to a phone; the answer is the same for unknown phones."""
    station = await stations.get_by_code(tx, body.station)
    await actions.issue_code(tx, station.id, body.phone, network_of(request))
    return Accepted()


@router.post("/sign-in", policy="sign-in", problems=(400,))
async def sign_in(checked: Annotated[CheckedProof, Depends(check_proof)], tx: Tx) -> SignedIn:
    """Begin a session."""
    session = await actions.sign_in(tx, checked)
    actor = await queries.actor_of(tx, session.token)
    return SignedIn.of(session, actor or Actor.system(checked.station))


@router.post("/sign-out", policy="me.sign-out", status_code=204)
async def sign_out(request: Request, response: Response, tx: Tx) -> None:
    """End this session."""
    await actions.sign_out(tx, session_token(request) or "")
    clear_session_cookie(request, response)


@router.post("/residents/{resident_id}/slips", policy="slips.issue", status_code=201)
async def issue_slip(resident_id: UUID, tx: Tx, actor: CurrentActor) -> SlipView:
    """Issue a slip that signs the resident in once, within a day."""
    code, slip = await actions.issue_slip(tx, actor, resident_id)
    return SlipView(id=slip.id, code=code, expires_at=slip.expires_at)


@router.get("/me", policy="me.read")
async def me(tx: Tx, actor: CurrentActor) -> Me:
    """Show the signed-in person, the phone masked."""
    return Me.of(await queries.load_profile(tx, actor), actor, sealer_of(tx))


@router.put("/me/language", policy="me.read")
async def set_language(body: LanguageChoice, tx: Tx, actor: CurrentActor) -> Me:
    """Choose the language in which the signed-in person is addressed."""
    action = residents.set_language if actor.has(Role.RESIDENT) else accounts.set_language
    await action(tx, actor, actor.person, body.language)
    return Me.of(await queries.load_profile(tx, actor), actor, sealer_of(tx))
