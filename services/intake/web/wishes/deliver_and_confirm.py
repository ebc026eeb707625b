"""The delivery of a wish with photos, and its confirmation by the resident."""

from uuid import UUID

from fastapi import Response
from starlette.datastructures import UploadFile

from services.intake.photos import actions as photos
from services.intake.photos.api import MAX_PHOTO_BYTES
from services.intake.photos.image_processing import NormalizedImage, normalize_image
from services.intake.photos.models import MAX_PHOTOS
from services.intake.photos.queries import list_visible_photos
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.action_forms import ActionForm, OnBehalf, acting_actor
from services.intake.web.wishes.available_actions import CONFIRM, DELIVER
from services.intake.wishes import actions, queries
from services.intake.wishes.errors import TooManyPhotos
from services.intake.wishes.schemas import FreeText, Minutes
from shared.errors import Problem
from shared.language import N_
from shared.web.http import RequestModel

pages = PageRouter()
MAX_FORM_BYTES = MAX_PHOTOS * MAX_PHOTO_BYTES + 64 * 1024


class DeliveryForm(RequestModel):
    """The delivery note, the minutes it took, and the consent to show the photos."""

    text: FreeText
    minutes: Minutes
    public: bool = False


class ConfirmationForm(ActionForm):
    """The word of thanks, and the consent to show the photos."""

    photos_public: bool = False


class PhotoTooLarge(Problem):
    """A photo of more than `MAX_PHOTO_BYTES`."""

    status = 413
    title = N_("This photo is larger than 5 MB; please choose a smaller one")


@pages.get("/wishes/{wish_id}/deliver", policy="wishes.deliver")
async def ask_delivery(page: CurrentPage, wish_id: UUID) -> Response:
    """Show the form of a delivery."""
    return await _delivery_page(page, wish_id, BoundForm())


@pages.post("/wishes/{wish_id}/deliver", policy="wishes.deliver", max_body_size=MAX_FORM_BYTES)
async def deliver(page: CurrentPage, wish_id: UUID) -> Response:
    """Deliver the wish with up to `MAX_PHOTOS` photos."""
    form = await parse_form(page, DeliveryForm)
    if form.body is None:
        return await _delivery_page(page, wish_id, form, 422)
    try:
        images = await _normalized_photos(page)
    except Problem as problem:
        return await _delivery_page(page, wish_id, form.with_error("photo", problem.title), 422)
    for image in images:
        await photos.add(
            page.tx, page.signed_in_actor, wish_id, image, may_be_public=form.body.public
        )
    await actions.deliver(page.tx, page.signed_in_actor, wish_id, form.body.text, form.body.minutes)
    return page.redirect(f"/wishes/{wish_id}?done={DELIVER.name}")


@pages.get("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def ask_confirmation(
    page: CurrentPage, wish_id: UUID, on_behalf: OnBehalf = False
) -> Response:
    """Show the form of a confirmation."""
    form: BoundForm[ConfirmationForm] = BoundForm(values={"behalf": "true" if on_behalf else ""})
    return await _confirmation_page(page, wish_id, form)


@pages.post("/wishes/{wish_id}/confirm", policy=CONFIRM.policy)
async def confirm(page: CurrentPage, wish_id: UUID) -> Response:
    """Confirm that the wish came true."""
    form = await parse_form(page, ConfirmationForm)
    if form.body is None:
        return await _confirmation_page(page, wish_id, form, 422)
    body = form.body
    actor = await acting_actor(page, wish_id, body.on_behalf)
    await actions.confirm(page.tx, actor, wish_id, body.text, body.photos_public)
    return page.redirect(f"/wishes/{wish_id}?done={CONFIRM.name}")


async def _normalized_photos(page: PageContext) -> list[NormalizedImage]:
    """Normalize the photos of the form.

    Raises: PhotoTooLarge, TooManyPhotos, and the problems of `normalize_image`.
    """
    form = await page.form()
    uploads = [file for file in form.getlist("photo") if isinstance(file, UploadFile) and file.size]
    if len(uploads) > MAX_PHOTOS:
        raise TooManyPhotos
    if any((file.size or 0) > MAX_PHOTO_BYTES for file in uploads):
        raise PhotoTooLarge
    return [await normalize_image(await file.read()) for file in uploads]


async def _delivery_page(
    page: PageContext, wish_id: UUID, form: BoundForm[DeliveryForm], status: int = 200
) -> Response:
    item = await queries.get(page.tx, page.signed_in_actor, wish_id)
    return await page.show("wishes/deliver.html", status, item=item, form=form)


async def _confirmation_page(
    page: PageContext, wish_id: UUID, form: BoundForm[ConfirmationForm], status: int = 200
) -> Response:
    item = await queries.get(page.tx, page.signed_in_actor, wish_id)
    wish_photos = await list_visible_photos(page.tx, page.signed_in_actor, wish_id)
    return await page.show(
        "wishes/action.html", status, item=item, action=CONFIRM, form=form, photos=wish_photos
    )
