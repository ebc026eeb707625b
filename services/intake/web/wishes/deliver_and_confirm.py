"""Delivering a wish, with photos of it, and the resident's word on whether it came true."""

from uuid import UUID

from fastapi import Response
from starlette.datastructures import UploadFile

from services.intake.photos import actions as photos
from services.intake.photos.api import MAX_PHOTO_BYTES
from services.intake.photos.image_processing import NormalizedImage, normalize_image
from services.intake.photos.models import MAX_PHOTOS, TooManyPhotos
from services.intake.photos.queries import photos_of_wish
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.action_forms import ActionForm, acting_actor
from services.intake.web.wishes.available_actions import CONFIRM, DELIVER
from services.intake.wishes import actions, queries
from services.intake.wishes.schemas import FreeText, Minutes
from shared.errors import Problem
from shared.language import N_
from shared.web.http import RequestModel

pages = PageRouter()
MAX_FORM_BYTES = MAX_PHOTOS * MAX_PHOTO_BYTES + 64 * 1024


class DeliveryForm(RequestModel):
    """What was done, how long it took, and whether the neighbours may see the photos."""

    text: FreeText
    minutes: Minutes
    public: bool = False


class ConfirmationForm(ActionForm):
    """A word of thanks, and whether the neighbours may see the photos."""

    photos_public: bool = False


class PhotoTooLarge(Problem):
    """One photo is larger than a photo may be."""

    status = 413
    title = N_("This photo is larger than 5 MB; please choose a smaller one")


@pages.get("/wishes/{wish_id}/deliver", policy="wishes.deliver")
async def ask_delivery(page: CurrentPage, wish_id: UUID) -> Response:
    """What did you do?"""
    return await _delivery_page(page, wish_id, BoundForm())


@pages.post("/wishes/{wish_id}/deliver", policy="wishes.deliver", max_body_size=MAX_FORM_BYTES)
async def deliver(page: CurrentPage, wish_id: UUID) -> Response:
    """Say that it is done, with up to four photos."""
    form = await parse_form(page, DeliveryForm)
    if form.body is None:
        return await _delivery_page(page, wish_id, form, 422)
    try:
        pictures = await _pictures(page)
    except Problem as problem:
        return await _delivery_page(page, wish_id, form.with_error("photo", problem.title), 422)
    for picture in pictures:
        await photos.add(
            page.tx, page.signed_in_actor, wish_id, picture, may_be_public=form.body.public
        )
    await actions.deliver(page.tx, page.signed_in_actor, wish_id, form.body.text, form.body.minutes)
    return page.redirect(f"/wishes/{wish_id}?done={DELIVER.name}")


@pages.get("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def ask_confirmation(page: CurrentPage, wish_id: UUID, behalf: bool = False) -> Response:
    """Did the wish come true?"""
    form: BoundForm[ConfirmationForm] = BoundForm(values={"behalf": "true" if behalf else ""})
    return await _confirmation_page(page, wish_id, form)


@pages.post("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def confirm(page: CurrentPage, wish_id: UUID) -> Response:
    """Say that it came true."""
    form = await parse_form(page, ConfirmationForm)
    if form.body is None:
        return await _confirmation_page(page, wish_id, form, 422)
    said = form.body
    actor = await acting_actor(page, wish_id, said.behalf)
    await actions.confirm(page.tx, actor, wish_id, said.text, said.photos_public)
    return page.redirect(f"/wishes/{wish_id}?done={CONFIRM.name}")


async def _pictures(page: PageContext) -> list[NormalizedImage]:
    """The photos of the form, made small; PhotoTooLarge, TooManyPhotos, and what `plain` raises."""
    form = await page.form()
    sent = [file for file in form.getlist("photo") if isinstance(file, UploadFile) and file.size]
    if len(sent) > MAX_PHOTOS:
        raise TooManyPhotos
    if any((file.size or 0) > MAX_PHOTO_BYTES for file in sent):
        raise PhotoTooLarge
    return [await normalize_image(await file.read()) for file in sent]


async def _delivery_page(
    page: PageContext, wish_id: UUID, form: BoundForm[DeliveryForm], status: int = 200
) -> Response:
    seen = await queries.get(page.tx, page.signed_in_actor, wish_id)
    return await page.show("wishes/deliver.html", status, item=seen, form=form)


async def _confirmation_page(
    page: PageContext, wish_id: UUID, form: BoundForm[ConfirmationForm], status: int = 200
) -> Response:
    seen = await queries.get(page.tx, page.signed_in_actor, wish_id)
    shown = await photos_of_wish(page.tx, page.signed_in_actor, wish_id)
    return await page.show(
        "wishes/act.html", status, item=seen, action=CONFIRM, form=form, photos=shown
    )
