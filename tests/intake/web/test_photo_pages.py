"""Tests of the photos of a delivered wish: upload, validation, consent."""

import io
import re
from uuid import uuid4

import httpx
from PIL import Image

from tests.support.page_client import PageClient


def make_jpeg() -> bytes:
    """Return a small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


async def test_photo_becomes_public_with_consent_of_taker_and_resident(
    wisher: PageClient, neighbour: PageClient, desk: PageClient
) -> None:
    path = await _claim_wish(wisher, desk, "想修纱窗")
    page = await _deliver(desk, path, [make_jpeg()], public="true")
    assert "谢谢您" in page.text
    page = await wisher.get(f"{path}/confirm")
    sources = re.findall(r'src="(/api/v1/photos/[^"]+)"', page.text)
    assert len(sources) == 1
    assert "同意邻居们看到照片" in page.text
    assert (await wisher.get(sources[0])).headers["content-type"] == "image/jpeg"
    assert (await neighbour.get(sources[0])).status_code == 404
    await wisher.submit(f"{path}/confirm", photos_public="true")
    assert (await neighbour.get(sources[0])).status_code == 200


async def test_invalid_photo_shows_error_at_the_field(wisher: PageClient, desk: PageClient) -> None:
    path = await _claim_wish(wisher, desk, "想贴春联")
    page = await _deliver(desk, path, [b"no picture at all"])
    assert page.status_code == 422
    assert "这不是能读取的图片" in page.text
    assert "都贴好了" in page.text
    page = await _deliver(desk, path, [make_jpeg()] * 5)
    assert page.status_code == 422
    assert "最多 4 张照片" in page.text
    assert "待确认" not in (await wisher.get(path)).text


async def test_delivery_without_photos_is_accepted(wisher: PageClient, desk: PageClient) -> None:
    path = await _claim_wish(wisher, desk, "想找人聊天")
    page = await _deliver(desk, path, [])
    assert page.status_code == 200
    assert "/api/v1/photos/" not in page.text


async def test_large_photos_are_accepted(wisher: PageClient, desk: PageClient) -> None:
    path = await _claim_wish(wisher, desk, "想理理书架")
    padded = make_jpeg() + bytes(3 * 1024 * 1024)
    page = await _deliver(desk, path, [padded, padded])
    assert page.text.count('src="/api/v1/photos/') == 2


async def _claim_wish(wisher: PageClient, desk: PageClient, title: str) -> str:
    path = await wisher.create_wish(title)
    await desk.submit(f"{path}/approve")
    await desk.submit(f"{path}/claim")
    return path


async def _deliver(
    taker: PageClient, path: str, photos: list[bytes], **fields: str
) -> httpx.Response:
    fields |= {"text": "都贴好了", "minutes": "30", "once": uuid4().hex}
    files = [("photo", (f"{n}.jpg", content, "image/jpeg")) for n, content in enumerate(photos)]
    no_file = [("photo", ("", b"", "application/octet-stream"))]
    return await taker.client.post(
        f"{path}/deliver", data=fields, files=files or no_file, follow_redirects=True
    )
