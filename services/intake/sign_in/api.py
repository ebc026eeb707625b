"""Signing in, out, and who one is."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import actions as accounts
from services.intake.accounts.models import Account
from services.intake.residents import actions as residents
from services.intake.residents.models import Resident
from services.intake.residents.phones import Phone
from services.intake.sign_in import actions, authentication, queries
from services.intake.sign_in.actions import Code, Opened, Password, Printed, Proof, Shown
from services.intake.sign_in.authentication import forget, presented
from services.intake.stations import queries as stations
from services.intake.stations.api import StationView
from shared.auth import Actor, Role
from shared.db import sealer_of
from shared.language import N_, Language
from shared.sealing import Sealer
from shared.web.client_ip import network_of
from shared.web.http import Api, Body, Tx, View, Who

router = Api(tags=["sign-in"])
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PROOFS = ({"phone", "code"}, {"slip"}, {"username", "password"})


class AskForCode(Body):
    """Whose phone, of which station (where there are several)."""

    station: Text | None = None
    phone: Phone


class Accepted(View):
    """The same for every phone."""

    status: str = "accepted"


class SignIn(Body):
    """Phone and code, or a slip, or user name and password."""

    station: Text | None = None
    phone: Phone | None = None
    code: Text | None = None
    slip: Text | None = None
    username: Text | None = None
    password: Text | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        said = self.model_dump(exclude_none=True, exclude={"station"})
        if set(said) not in PROOFS:
            raise ValueError(N_("Send phone and code, or a slip, or user name and password"))
        return self

    @property
    def proof(self) -> Proof:
        """What is shown to be let in."""
        if self.phone is not None and self.code is not None:
            return Code(self.phone, self.code)
        if self.username is not None and self.password is not None:
            return Password(self.username, self.password)
        return Printed(self.slip or "")


class PersonView(View):
    """Who signed in."""

    id: UUID
    name: str


class SignedIn(View):
    """A session; the token is a bearer token of the API."""

    token: str
    expires_at: datetime
    person: PersonView
    roles: list[Role]
    language: Language

    @classmethod
    def of(cls, opened: Opened, actor: Actor) -> Self:
        """The view of a session that begins."""
        return cls(
            token=opened.token,
            expires_at=opened.expires_at,
            person=_person_view(opened.person),
            roles=sorted(actor.roles),
            language=actor.language,
        )


class Me(View):
    """Who one is here."""

    person: PersonView
    roles: list[Role]
    language: Language
    phone: str | None
    station: StationView

    @classmethod
    async def of(cls, tx: AsyncSession, actor: Actor) -> Self:
        """What the person may see of themselves."""
        person = await queries.person_of(tx, actor)
        station = await stations.get(tx, actor.station)
        return cls(
            person=_person_view(person),
            roles=sorted(actor.roles),
            language="en" if person.language == "en" else "zh",
            phone=_masked(person, sealer_of(tx)),
            station=StationView.model_validate(station),
        )


class Speak(Body):
    """The language in which one wants to be addressed."""

    language: Language


class SlipView(View):
    """A slip to print; the code is seen here and never again."""

    id: UUID
    code: str
    expires_at: datetime


def _person_view(person: Resident | Account) -> PersonView:
    name = person.name if isinstance(person, Resident) else person.display_name
    return PersonView(id=person.id, name=name)


def _masked(person: Resident | Account, sealer: Sealer) -> str | None:
    return person.masked_phone(sealer) if isinstance(person, Resident) else None


async def look_at(request: Request, body: SignIn) -> Shown:
    """Count the try and look at the proof, before the transaction of the request does anything."""
    async with request.app.state.runtime.sessions() as tx:
        station = await stations.named(tx, body.station)
    return await authentication.look_at(request, station.id, body.proof)


@router.post("/sign-in/codes", policy="sign-in", status_code=202)
async def ask_for_code(request: Request, body: AskForCode, tx: Tx) -> Accepted:
    """Have a one-time code sent to a phone; whether it is known is not told."""
    station = await stations.named(tx, body.station)
    await actions.issue_code(tx, station.id, body.phone, network_of(request))
    return Accepted()


@router.post("/sign-in", policy="sign-in", problems=(400,))
async def sign_in(shown: Annotated[Shown, Depends(look_at)], tx: Tx) -> SignedIn:
    """Begin a session."""
    opened = await actions.sign_in(tx, shown)
    actor = await queries.actor_of(tx, opened.token)
    return SignedIn.of(opened, actor or Actor.system(shown.station))


@router.post("/sign-out", policy="me.sign-out", status_code=204)
async def sign_out(request: Request, response: Response, tx: Tx) -> None:
    """End this session."""
    await actions.sign_out(tx, presented(request) or "")
    forget(request, response)


@router.post("/residents/{resident_id}/slips", policy="slips.issue", status_code=201)
async def issue_slip(resident_id: UUID, tx: Tx, actor: Who) -> SlipView:
    """A slip that signs the resident in once, within a day."""
    printed, slip = await actions.issue_slip(tx, actor, resident_id)
    return SlipView(id=slip.id, code=printed, expires_at=slip.expires_at)


@router.get("/me", policy="me.read")
async def me(tx: Tx, actor: Who) -> Me:
    """Who one is here, the phone masked."""
    return await Me.of(tx, actor)


@router.put("/me/language", policy="me.read")
async def speak(body: Speak, tx: Tx, actor: Who) -> Me:
    """Choose the language in which one is addressed."""
    act = residents.speak if actor.has(Role.RESIDENT) else accounts.speak
    await act(tx, actor, actor.person, body.language)
    return await Me.of(tx, actor)
