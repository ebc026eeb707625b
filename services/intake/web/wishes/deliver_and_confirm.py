"""Delivering a wish, with photos of it, and the resident's word on whether it came true."""

from uuid import UUID

from fastapi import Response
from starlette.datastructures import UploadFile

from services.intake.photos import actions as photos
from services.intake.photos.api import LARGEST
from services.intake.photos.image_processing import Picture, plain
from services.intake.photos.models import MOST, TooManyPhotos
from services.intake.photos.queries import of_wish
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.wishes.action_forms import Doing, acting
from services.intake.web.wishes.available_actions import CONFIRM, DELIVER
from services.intake.wishes import actions, queries
from services.intake.wishes.schemas import Minutes, Words
from shared.errors import Problem
from shared.language import N_
from shared.web.http import Body

pages = Pages()
ALL_PHOTOS = MOST * LARGEST + 64 * 1024


class Delivery(Body):
    """What was done, how long it took, and whether the neighbours may see the photos."""

    text: Words
    minutes: Minutes
    public: bool = False


class Confirmation(Doing):
    """A word of thanks, and whether the neighbours may see the photos."""

    photos_public: bool = False


class PhotoTooLarge(Problem):
    """One photo is larger than a photo may be."""

    status = 413
    title = N_("This photo is larger than 5 MB; please choose a smaller one")


@pages.get("/wishes/{wish_id}/deliver", policy="wishes.deliver")
async def ask_delivery(screen: Shown, wish_id: UUID) -> Response:
    """What did you do?"""
    return await _delivery_page(screen, wish_id, Filled())


@pages.post("/wishes/{wish_id}/deliver", policy="wishes.deliver", largest=ALL_PHOTOS)
async def deliver(screen: Shown, wish_id: UUID) -> Response:
    """Say that it is done, with up to four photos."""
    form = await filled(screen, Delivery)
    if form.body is None:
        return await _delivery_page(screen, wish_id, form, 422)
    try:
        pictures = await _pictures(screen)
    except Problem as problem:
        return await _delivery_page(screen, wish_id, form.wrong("photo", problem.title), 422)
    for picture in pictures:
        await photos.add(screen.tx, screen.who, wish_id, picture, may_be_public=form.body.public)
    await actions.deliver(screen.tx, screen.who, wish_id, form.body.text, form.body.minutes)
    return screen.go(f"/wishes/{wish_id}?done={DELIVER.name}")


@pages.get("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def ask_confirmation(screen: Shown, wish_id: UUID, behalf: bool = False) -> Response:
    """Did the wish come true?"""
    form: Filled[Confirmation] = Filled(values={"behalf": "true" if behalf else ""})
    return await _confirmation_page(screen, wish_id, form)


@pages.post("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def confirm(screen: Shown, wish_id: UUID) -> Response:
    """Say that it came true."""
    form = await filled(screen, Confirmation)
    if form.body is None:
        return await _confirmation_page(screen, wish_id, form, 422)
    said = form.body
    actor = await acting(screen, wish_id, said.behalf)
    await actions.confirm(screen.tx, actor, wish_id, said.text, said.photos_public)
    return screen.go(f"/wishes/{wish_id}?done={CONFIRM.name}")


async def _pictures(screen: Screen) -> list[Picture]:
    """The photos of the form, made small; PhotoTooLarge, TooManyPhotos, and what `plain` raises."""
    form = await screen.form()
    sent = [file for file in form.getlist("photo") if isinstance(file, UploadFile) and file.size]
    if len(sent) > MOST:
        raise TooManyPhotos
    if any((file.size or 0) > LARGEST for file in sent):
        raise PhotoTooLarge
    return [await plain(await file.read()) for file in sent]


async def _delivery_page(
    screen: Screen, wish_id: UUID, form: Filled[Delivery], status: int = 200
) -> Response:
    seen = await queries.get(screen.tx, screen.who, wish_id)
    return await screen.show("wishes/deliver.html", status, seen=seen, form=form)


async def _confirmation_page(
    screen: Screen, wish_id: UUID, form: Filled[Confirmation], status: int = 200
) -> Response:
    seen = await queries.get(screen.tx, screen.who, wish_id)
    shown = await of_wish(screen.tx, screen.who, wish_id)
    return await screen.show(
        "wishes/act.html", status, seen=seen, act=CONFIRM, form=form, photos=shown
    )
