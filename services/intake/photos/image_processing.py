"""The normalization of uploaded images to small JPEGs without metadata."""

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
# The limits keep decoding below some 220 MB: a JPEG takes up to 9 bytes a pixel, a PNG 10 and a
# WebP 16, however small the upload. Pillow calls a JPEG MPO when smaller ones follow it in the
# file, as many phones write them.
MAX_PIXELS = {"JPEG": 25_000_000, "MPO": 25_000_000, "PNG": 20_000_000, "WEBP": 13_000_000}
# Decoding time grows with the number of scans; cameras write a dozen at most.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, B.2.3

# One image at a time, so that a replica's memory suffices.
_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


class NotAnImage(Invalid):
    """An upload that is no JPEG, PNG or WebP image, or an incomplete one."""

    title = N_("This is not a picture that can be read (JPEG, PNG or WebP)")


class TooManyPixels(Invalid):
    """An image with more than `MAX_PIXELS`, which no camera of the neighbourhood makes."""

    title = N_("This picture has too many pixels")


@dataclass(frozen=True)
class NormalizedImage:
    """An upright JPEG of at most `MAX_SIDE_PIXELS` a side, without metadata."""

    jpeg: bytes
    width: int
    height: int


async def normalize_image(upload: bytes) -> NormalizedImage:
    """Convert an upload to the image to store, in a thread. Raises: NotAnImage, TooManyPixels."""
    return await asyncio.get_running_loop().run_in_executor(_executor, _normalize, upload)


def _normalize(upload: bytes) -> NormalizedImage:
    try:
        with Image.open(io.BytesIO(upload), formats=FORMATS) as image:
            _check_size(image, upload)
            return _redraw(image)
    except TooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except Exception as error:  # Pillow raises nearly anything on a damaged file.
        raise NotAnImage from error


def _check_size(image: Image.Image, upload: bytes) -> None:
    if image.width * image.height > MAX_PIXELS[image.format or ""]:
        raise TooManyPixels
    if image.format in ("JPEG", "MPO") and upload.count(START_OF_SCAN) > MAX_SCANS:
        raise NotAnImage


def _redraw(image: Image.Image) -> NormalizedImage:
    image.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), reducing_gap=1.5)
    upright = ImageOps.exif_transpose(image)
    # Redrawing leaves position, comment and colour profile behind.
    redrawn = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        transparent = upright.convert("RGBA")
        redrawn.paste(transparent, mask=transparent)
    else:
        redrawn.paste(upright.convert("RGB"))
    jpeg = io.BytesIO()
    redrawn.save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return NormalizedImage(jpeg.getvalue(), redrawn.width, redrawn.height)
