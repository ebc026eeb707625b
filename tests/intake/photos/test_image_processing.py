"""A picture is kept small, upright, and without what the camera wrote into it."""

import contextlib
import io
import os
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.intake.photos.image_processing import (
    MAX_SCANS,
    MAX_SIDE_PIXELS,
    NotAnImage,
    TooManyPixels,
    normalize_image,
)

ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2


def encode_image(
    kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object
) -> bytes:
    """A picture of that kind."""
    sent = io.BytesIO()
    Image.new(mode, size, "red").save(sent, kind, **options)
    return sent.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is that large, and is empty."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("PNG", "I;16"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
async def test_every_kind_becomes_a_jpeg(kind: str, mode: str) -> None:
    sent = io.BytesIO()
    Image.new(mode, (40, 20)).save(sent, kind)
    kept = await normalize_image(sent.getvalue())
    with Image.open(io.BytesIO(kept.jpeg)) as seen:
        assert (seen.format, seen.mode) == ("JPEG", "RGB")
        assert seen.size == (kept.width, kept.height) == (40, 20)


async def test_what_one_sees_through_is_white() -> None:
    sent = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(sent, "PNG")
    with Image.open(io.BytesIO((await normalize_image(sent.getvalue())).jpeg)) as seen:
        assert seen.getpixel((4, 4)) == (255, 255, 255)


async def test_place_comment_and_profile_are_left_out() -> None:
    exif = Image.Exif()
    exif[GPS] = {LATITUDE: (27.0, 50.0, 0.0)}
    sent = encode_image("JPEG", exif=exif, comment=b"at home", icc_profile=b"profile")
    kept = (await normalize_image(sent)).jpeg
    with Image.open(io.BytesIO(kept)) as seen:
        assert not seen.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & seen.info.keys()
    assert b"at home" in sent
    assert b"at home" not in kept


async def test_a_picture_taken_sideways_is_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    kept = await normalize_image(encode_image("JPEG", (40, 20), exif=exif))
    assert (kept.width, kept.height) == (20, 40)


async def test_a_large_picture_becomes_small() -> None:
    kept = await normalize_image(encode_image("JPEG", (4000, 3000)))
    assert (kept.width, kept.height) == (MAX_SIDE_PIXELS, 1200)


@pytest.mark.parametrize("size", [(5_000, 5_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
async def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        await normalize_image(png_header(*size))


async def test_a_telephones_picture_with_smaller_ones_behind_it_is_taken() -> None:
    small = Image.new("RGB", (8, 8))
    sent = encode_image("MPO", (40, 20), save_all=True, append_images=[small])
    with Image.open(io.BytesIO(sent)) as seen:
        assert seen.format == "MPO"
    kept = await normalize_image(sent)
    assert (kept.width, kept.height) == (40, 20)


@pytest.mark.parametrize(
    ("kind", "side", "more"),
    [
        ("JPEG", 5_001, {"progressive": True}),
        ("PNG", 4_473, {}),
        ("WEBP", 3_606, {"method": 0}),
    ],
)
async def test_what_takes_too_much_memory_is_refused(
    kind: str, side: int, more: dict[str, object]
) -> None:
    sent = encode_image(kind, (side, side), "RGB", **more)
    assert len(sent) < 1_000_000
    with pytest.raises(TooManyPixels):
        await normalize_image(sent)


def repeat_jpeg_scans(passes: int) -> bytes:
    """A JPEG whose last pass is repeated until there are that many."""
    start = b"\xff\xda"
    *before, last = encode_image("JPEG", progressive=True).removesuffix(b"\xff\xd9").split(start)
    again = [last] * (passes - len(before) + 1)
    return start.join([*before, *again]) + b"\xff\xd9"


async def test_a_picture_of_endless_passes_is_refused() -> None:
    kept = await normalize_image(repeat_jpeg_scans(MAX_SCANS))
    assert (kept.width, kept.height) == (40, 20)
    with pytest.raises(NotAnImage):
        await normalize_image(repeat_jpeg_scans(MAX_SCANS + 1))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encode_image("GIF"),
        encode_image("JPEG", (400, 400))[:300],
        encode_image("PNG", (400, 400))[:60],
        png_header(0, 0),
        png_header(30, 30),
        encode_image("WEBP")[:30],
        os.urandom(1000),
    ],
)
async def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(NotAnImage):
        await normalize_image(sent)


ENCODED_IMAGES = [encode_image("JPEG"), encode_image("PNG"), encode_image("WEBP")]


@given(st.sampled_from(ENCODED_IMAGES), st.integers(0, 400), st.binary(min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
async def test_a_damaged_picture_is_seen_or_refused(sent: bytes, at: int, damage: bytes) -> None:
    at %= len(sent)
    with contextlib.suppress(NotAnImage, TooManyPixels):
        await normalize_image(sent[:at] + damage + sent[at + len(damage) :])
