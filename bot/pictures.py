"""Pictures from strangers' phones, painted anew."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE: Final = 2560  # pixels that are kept; both platforms take what comes out of it
MOST_PIXELS: Final = 100_000_000  # a small file can be a very large picture
THUMBNAIL: Final = 320
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at the double


class NotOne(Exception):
    """No picture, or one that is too large; the message is the kind of error."""


def painted(content: bytes) -> tuple[bytes, bytes]:
    """The picture upright and of a size that can be passed on, and a small one. Raises `NotOne`."""
    try:
        picture = _opaque(content)
    except (
        UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError,
        EOFError,
    ) as error:  # fmt: skip
        raise NotOne(type(error).__name__) from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    whole = _jpeg(picture)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return whole, _jpeg(picture)


def _opaque(content: bytes) -> Image.Image:
    """The first picture, on white where it lets something through."""
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        upright = ImageOps.exif_transpose(opened)
        if upright.mode not in ("RGBA", "LA", "PA", "P"):
            return upright.convert("RGB")
        picture = upright.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _jpeg(picture: Image.Image) -> bytes:
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()
