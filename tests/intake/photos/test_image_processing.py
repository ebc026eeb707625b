"""Uploaded images become small, upright JPEGs without metadata."""

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
    """Encode a red image in the format `kind`."""
    content = io.BytesIO()
    Image.new(mode, size, "red").save(content, kind, **options)
    return content.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Build a PNG that declares that size and has no pixels."""

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
async def test_every_format_becomes_a_jpeg(kind: str, mode: str) -> None:
    upload = io.BytesIO()
    Image.new(mode, (40, 20)).save(upload, kind)
    normalized = await normalize_image(upload.getvalue())
    with Image.open(io.BytesIO(normalized.jpeg)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == (normalized.width, normalized.height) == (40, 20)


async def test_transparency_becomes_white() -> None:
    upload = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(upload, "PNG")
    with Image.open(io.BytesIO((await normalize_image(upload.getvalue())).jpeg)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


async def test_position_comment_and_profile_are_removed() -> None:
    exif = Image.Exif()
    exif[GPS] = {LATITUDE: (27.0, 50.0, 0.0)}
    upload = encode_image("JPEG", exif=exif, comment=b"at home", icc_profile=b"profile")
    jpeg = (await normalize_image(upload)).jpeg
    with Image.open(io.BytesIO(jpeg)) as image:
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & image.info.keys()
    assert b"at home" in upload
    assert b"at home" not in jpeg


async def test_rotated_image_becomes_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    normalized = await normalize_image(encode_image("JPEG", (40, 20), exif=exif))
    assert (normalized.width, normalized.height) == (20, 40)


async def test_large_image_is_scaled_down() -> None:
    normalized = await normalize_image(encode_image("JPEG", (4000, 3000)))
    assert (normalized.width, normalized.height) == (MAX_SIDE_PIXELS, 1200)


@pytest.mark.parametrize("size", [(5_000, 5_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
async def test_decompression_bomb_is_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        await normalize_image(png_header(*size))


async def test_jpeg_with_smaller_images_behind_it_is_accepted() -> None:
    small = Image.new("RGB", (8, 8))
    upload = encode_image("MPO", (40, 20), save_all=True, append_images=[small])
    with Image.open(io.BytesIO(upload)) as image:
        assert image.format == "MPO"
    normalized = await normalize_image(upload)
    assert (normalized.width, normalized.height) == (40, 20)


@pytest.mark.parametrize(
    ("kind", "side", "options"),
    [
        ("JPEG", 5_001, {"progressive": True}),
        ("PNG", 4_473, {}),
        ("WEBP", 3_606, {"method": 0}),
    ],
)
async def test_image_with_too_many_pixels_is_refused(
    kind: str, side: int, options: dict[str, object]
) -> None:
    upload = encode_image(kind, (side, side), "RGB", **options)
    assert len(upload) < 1_000_000
    with pytest.raises(TooManyPixels):
        await normalize_image(upload)


def repeat_jpeg_scans(scans: int) -> bytes:
    """Build a JPEG whose last scan is repeated until it has that many."""
    start = b"\xff\xda"
    *first, last = encode_image("JPEG", progressive=True).removesuffix(b"\xff\xd9").split(start)
    repeats = [last] * (scans - len(first) + 1)
    return start.join([*first, *repeats]) + b"\xff\xd9"


async def test_jpeg_with_too_many_scans_is_refused() -> None:
    normalized = await normalize_image(repeat_jpeg_scans(MAX_SCANS))
    assert (normalized.width, normalized.height) == (40, 20)
    with pytest.raises(NotAnImage):
        await normalize_image(repeat_jpeg_scans(MAX_SCANS + 1))


@pytest.mark.parametrize(
    "upload",
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
async def test_upload_that_is_no_image_is_refused(upload: bytes) -> None:
    with pytest.raises(NotAnImage):
        await normalize_image(upload)


ENCODED_IMAGES = [encode_image("JPEG"), encode_image("PNG"), encode_image("WEBP")]


@given(st.sampled_from(ENCODED_IMAGES), st.integers(0, 400), st.binary(min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
async def test_damaged_image_is_decoded_or_refused(image: bytes, at: int, damage: bytes) -> None:
    at %= len(image)
    try:
        normalized = await normalize_image(image[:at] + damage + image[at + len(damage) :])
    except (NotAnImage, TooManyPixels):
        return
    with Image.open(io.BytesIO(normalized.jpeg)) as decoded:
        decoded.load()
        assert (decoded.format, decoded.mode) == ("JPEG", "RGB")
        assert decoded.size == (normalized.width, normalized.height)
        assert max(decoded.size) <= MAX_SIDE_PIXELS


async def test_damage_to_the_header_is_refused_and_to_a_comment_is_not() -> None:
    image = encode_image("JPEG", comment=b"at home")
    assert (await normalize_image(image.replace(b"at home", b"\0\xffhome!"))).width == 40
    with pytest.raises(NotAnImage):
        await normalize_image(b"\0\0" + image[2:])
