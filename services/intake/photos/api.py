"""Photos of wishes over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.intake.photos import actions, queries
from services.intake.photos.image_processing import normalize_image
from services.intake.wishes.schemas import OnBehalfRequest
from shared.errors import Problem
from shared.language import N_
from shared.web.http import ApiRouter, CurrentActor, Pagination, ResponseModel, Tx

MAX_PHOTO_BYTES = 5 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _BINARY)}
}
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": _BINARY}}}

router = ApiRouter(tags=["wishes"])


class UnsupportedMediaType(Problem):
    """The body isn't said to be a picture."""

    status = 415
    title = N_("This kind of content is not understood")


class AddPhotoParams(OnBehalfRequest):
    """Who shows the photo, and whether the neighbours may see it, too."""

    public: bool = False


class PhotoView(ResponseModel):
    """A photo, to be read at `/api/v1/photos/{id}`."""

    id: UUID
    wish_id: UUID
    may_be_public: bool
    width: int
    height: int
    created_at: datetime


@router.post(
    "/wishes/{wish_id}/photos",
    policy="wishes.deliver",
    status_code=201,
    max_body_size=MAX_PHOTO_BYTES,
    openapi_extra=BODY,
    problems=(415,),
)
async def add_photo(
    wish_id: UUID,
    params: Annotated[AddPhotoParams, Query()],
    request: Request,
    tx: Tx,
    actor: CurrentActor,
) -> PhotoView:
    """Add a photo before delivering or right after.

    `public` says that the neighbours may see it, too; only what came before the delivery is shown
    to them, and only once the resident agrees.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        raise UnsupportedMediaType
    # Nothing of the wish is locked while the picture is made.
    picture = await normalize_image(await request.body())
    actor = actor.acting_for(params.on_behalf_of)
    photo = await actions.add(tx, actor, wish_id, picture, may_be_public=params.public)
    return PhotoView.model_validate(photo)


@router.get("/wishes/{wish_id}/photos", policy="wishes.list")
async def list_photos(
    wish_id: UUID, tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[PhotoView]:
    """The photos of a wish, oldest first."""
    found = pagination.set_next_link(
        await queries.list_photos(tx, actor, wish_id, pagination.page_request)
    )
    return [PhotoView.model_validate(photo) for photo in found.items]


@router.get("/photos/{photo_id}", policy="wishes.list", response_class=Response, responses=JPEG)
async def read_photo(photo_id: UUID, tx: Tx, actor: CurrentActor) -> Response:
    """A photo as JPEG."""
    photo = await queries.get(tx, actor, photo_id)
    # Whoever may see it now may not later: nobody keeps it for longer than they look at it.
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(photo.content, media_type="image/jpeg", headers=headers)


@router.delete("/photos/{photo_id}", policy="wishes.deliver", status_code=204)
async def remove_photo(
    photo_id: UUID, params: Annotated[OnBehalfRequest, Query()], tx: Tx, actor: CurrentActor
) -> None:
    """Take a photo away again, before delivering."""
    await actions.remove(tx, actor.acting_for(params.on_behalf_of), photo_id)
