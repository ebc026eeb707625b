"""The endpoints of photos of wishes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.intake.on_behalf_request import OnBehalfRequest
from services.intake.photos import actions, queries
from services.intake.photos.image_processing import normalize_image
from shared.errors import Problem
from shared.language import N_
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

MAX_PHOTO_BYTES = 5 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _BINARY)}
}
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": _BINARY}}}

router = ApiRouter(tags=["wishes"])


class UnsupportedMediaType(Problem):
    """A body whose content type is not an image."""

    status = 415
    title = N_("This kind of content is not understood")


class AddPhotoParams(OnBehalfRequest):
    """The query of an upload: `public` says that the neighbours may see the photo, too."""

    public: bool = False


class PhotoView(ResponseModel):
    """A photo; its image is at `/api/v1/photos/{id}`."""

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

    `public` says that the neighbours may see the photo, too. They see only photos from before the
    delivery, and only once the resident agrees.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        raise UnsupportedMediaType
    # Processing takes long, so that it comes before the wish is locked.
    image = await normalize_image(await request.body())
    actor = actor.acting_for(params.on_behalf_of)
    photo = await actions.add(tx, actor, wish_id, image, may_be_public=params.public)
    return PhotoView.model_validate(photo)


@router.get("/wishes/{wish_id}/photos", policy="wishes.list")
async def list_photos(
    wish_id: UUID, tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[PhotoView]:
    """List the photos of a wish, oldest first."""
    photos = pagination.set_next_link(
        await queries.list_photos(tx, actor, wish_id, pagination.page_request)
    )
    return [PhotoView.model_validate(photo) for photo in photos.items]


@router.get("/photos/{photo_id}", policy="wishes.list", response_class=Response, responses=JPEG)
async def read_photo(photo_id: UUID, tx: Tx, actor: CurrentActor) -> Response:
    """Return a photo as JPEG."""
    photo = await queries.get(tx, actor, photo_id)
    # A reader may lose access later, so that no cache may store the photo.
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(photo.content, media_type="image/jpeg", headers=headers)


@router.delete("/photos/{photo_id}", policy="wishes.deliver", status_code=204)
async def remove_photo(
    photo_id: UUID, params: Annotated[OnBehalfRequest, Query()], tx: Tx, actor: CurrentActor
) -> None:
    """Remove a photo before delivering."""
    await actions.remove(tx, actor.acting_for(params.on_behalf_of), photo_id)
