"""Photos of wishes over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.intake.photos import actions, queries
from services.intake.photos.image_processing import plain
from services.intake.wishes.schemas import Act
from shared.errors import Problem
from shared.language import N_
from shared.web.http import Api, Tx, View, Where, Who

LARGEST = 5 * 1024 * 1024
KINDS = ("image/jpeg", "image/png", "image/webp")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(KINDS, _BINARY)}}
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": _BINARY}}}

router = Api(tags=["wishes"])


class OtherKind(Problem):
    """The body isn't said to be a picture."""

    status = 415
    title = N_("This kind of content is not understood")


class ShownBy(Act):
    """Who shows the photo, and whether the neighbours may see it, too."""

    public: bool = False


class PhotoView(View):
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
    max_body_size=LARGEST,
    openapi_extra=BODY,
    problems=(415,),
)
async def add_photo(
    wish_id: UUID, shown: Annotated[ShownBy, Query()], request: Request, tx: Tx, actor: Who
) -> PhotoView:
    """Add a photo before delivering or right after.

    `public` says that the neighbours may see it, too; only what came before the delivery is shown
    to them, and only once the resident agrees.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise OtherKind
    # Nothing of the wish is locked while the picture is made.
    picture = await plain(await request.body())
    actor = actor.acting_for(shown.on_behalf_of)
    photo = await actions.add(tx, actor, wish_id, picture, may_be_public=shown.public)
    return PhotoView.model_validate(photo)


@router.get("/wishes/{wish_id}/photos", policy="wishes.list")
async def list_photos(wish_id: UUID, tx: Tx, actor: Who, where: Where) -> list[PhotoView]:
    """The photos of a wish, oldest first."""
    found = where.link(await queries.listed(tx, actor, wish_id, where.part))
    return [PhotoView.model_validate(photo) for photo in found.items]


@router.get("/photos/{photo_id}", policy="wishes.list", response_class=Response, responses=JPEG)
async def read_photo(photo_id: UUID, tx: Tx, actor: Who) -> Response:
    """A photo as JPEG."""
    photo = await queries.get(tx, actor, photo_id)
    # Whoever may see it now may not later: nobody keeps it for longer than they look at it.
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(photo.content, media_type="image/jpeg", headers=headers)


@router.delete("/photos/{photo_id}", policy="wishes.deliver", status_code=204)
async def remove_photo(photo_id: UUID, act: Annotated[Act, Query()], tx: Tx, actor: Who) -> None:
    """Take a photo away again, before delivering."""
    await actions.remove(tx, actor.acting_for(act.on_behalf_of), photo_id)
