"""The trail of a case: what a request led to in all services, as a picture and as a list."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BeforeValidator

from services.intake.gateway.timeline import Step, Story
from services.intake.gateway.trail import follow
from services.intake.residents import queries as residents
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.message_docs.pages import by_service
from services.intake.web.trail.diagram import LANES, picture
from shared.language import N_
from shared.web.http import Body

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
SERVICES = {
    "intake": N_("Station"),
    "volunteers": N_("Volunteers"),
    "notify": N_("Notices"),
}
STATES = {
    "waiting": N_("waits to be sent"),
    "retry": N_("failed, will be tried again"),
    "parked": N_("failed for good"),
    "skipped": N_("set aside"),
}
CHANNELS = {"inbox": N_("Inbox"), "sms": N_("SMS")}
pages = Pages()


class Sought(Body):
    """Which case."""

    case: Annotated[UUID, BeforeValidator(str.strip)]


@pages.get("/desk/trail", policy="trail.read")
async def ask(screen: Shown) -> Response:
    """Which case is it?"""
    return await screen.show("trail/find.html", form=Filled())


@pages.post("/desk/trail", policy="trail.read", once=False)
async def find(screen: Shown) -> Response:
    """Look at the case of that number."""
    form = await filled(screen, Sought)
    if form.body is None:
        return await screen.show("trail/find.html", 422, form=form)
    return screen.go(f"/desk/trail/{form.body.case}")


@pages.get("/desk/trail/{correlation_id}", policy="trail.read")
async def show(screen: Shown, correlation_id: UUID) -> Response:
    """One case."""
    story = await follow(screen.request.app, screen.who, correlation_id)
    return await screen.show(
        "trail/one.html",
        story=story,
        picture=picture(story),
        lanes=LANES,
        services=SERVICES,
        states=STATES,
        channels=CHANNELS,
        said={one.type: one for every in by_service().values() for one in every},
        people=await _people(screen, story),
        since=since,
        took=took(story.steps),
    )


def since(ms: int) -> tuple[str, str]:
    """A span of time in a number and the unit that is easiest to read: `1.2`, `s`."""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND)):
        if ms >= size:
            number = ms / size
            return (f"{number:.1f}" if number < 10 else f"{number:.0f}", unit)
    return str(ms), "ms"


def took(steps: list[Step]) -> int:
    """How many milliseconds there are between the beginning and the last that happened."""
    return max((step.after_ms for step in steps), default=0)


async def _people(screen: Screen, story: Story) -> dict[UUID, str]:
    """The names of those concerned, for the desk, which keeps the register."""
    if not screen.who.at_desk:
        return {}
    ids = {step.to for step in story.steps if step.to is not None}
    found = await residents.people(screen.tx, screen.who.station, ids)
    return {id_: person.name for id_, person in found.items()}
