"""Making a picture small and plain, whatever was sent."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageOps

from shared.errors import Invalid
from shared.language import N_

MAX_SIDE_PIXELS = 1600
JPEG_QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
# So many take at most some 220 MB: unpacking a JPEG takes up to 9 bytes a pixel, a PNG 10, and
# a WebP 16, however few bytes were sent.
MAX_PIXELS = {"JPEG": 25_000_000, "MPO": 25_000_000, "PNG": 20_000_000, "WEBP": 13_000_000}
# MPO is what Pillow calls a JPEG that has smaller ones behind it, as many telephones make them.
# Each pass over a JPEG takes its time; a camera makes a dozen at most.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, B.2.3

# One at a time, so that a replica's memory is enough for it.
_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


class NotAnImage(Invalid):
    """The bytes are no JPEG, PNG or WebP picture, or not a whole one."""

    title = N_("This is not a picture that can be read (JPEG, PNG or WebP)")


class TooManyPixels(Invalid):
    """The picture is larger than any camera of the neighbourhood makes it."""

    title = N_("This picture has too many pixels")


@dataclass(frozen=True)
class NormalizedImage:
    """A JPEG of at most SIDE pixels a side, upright, with nothing in it but the picture."""

    jpeg: bytes
    width: int
    height: int


async def normalize_image(sent: bytes) -> NormalizedImage:
    """The picture as it is kept, made in a thread; NotAPicture, TooManyPixels."""
    return await asyncio.get_running_loop().run_in_executor(_executor, _normalize, sent)


def _normalize(sent: bytes) -> NormalizedImage:
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            _check_size(opened, sent)
            return _redraw(opened)
    except TooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except Exception as error:  # a broken picture makes Pillow raise nearly anything
        raise NotAnImage from error


def _check_size(opened: Image.Image, sent: bytes) -> None:
    if opened.width * opened.height > MAX_PIXELS[opened.format or ""]:
        raise TooManyPixels
    if opened.format in ("JPEG", "MPO") and sent.count(START_OF_SCAN) > MAX_SCANS:
        raise NotAnImage


def _redraw(opened: Image.Image) -> NormalizedImage:
    opened.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), reducing_gap=1.5)
    upright = ImageOps.exif_transpose(opened)
    # A new picture, so that position, comment and profile of the old one stay behind.
    redrawn = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen_through = upright.convert("RGBA")
        redrawn.paste(seen_through, mask=seen_through)
    else:
        redrawn.paste(upright.convert("RGB"))
    jpeg = io.BytesIO()
    redrawn.save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return NormalizedImage(jpeg.getvalue(), redrawn.width, redrawn.height)
