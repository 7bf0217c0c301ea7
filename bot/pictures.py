"""Pictures from strangers' phones, painted anew."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import ExifTags, Image

LONGEST_SIDE: Final = 2560  # pixels that are kept; both platforms take what comes out of it
MOST_SAID: Final = 120_000_000  # pixels that a picture may say it has: a small file can say much …
MOST_PIXELS: Final = 30_000_000  # … and that are decoded; of a JPEG only as many as are kept
THUMBNAIL: Final = 320
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_TURNED: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TRANSPARENT: Final = ("RGBA", "LA", "PA", "P")
Image.MAX_IMAGE_PIXELS = None  # the two limits above are asked before anything is decoded


class NotOne(Exception):
    """No picture, or one that is too large; the message is the kind of error."""


def painted(content: bytes) -> tuple[bytes, bytes]:
    """The picture upright and of a size that can be passed on, and a small one. Raises `NotOne`."""
    try:
        picture = _opaque(content)
        whole = _jpeg(picture)
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
        return whole, _jpeg(picture)
    except NotOne:
        raise
    except Exception as error:  # on strange bytes the decoders raise what they stumble over
        raise NotOne(type(error).__name__) from None


def _opaque(content: bytes) -> Image.Image:
    """The first picture as large as it is kept, on white where it lets something through."""
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        _within(opened, MOST_SAID)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        _within(opened, MOST_PIXELS)
        picture: Image.Image = opened
        if opened.mode not in ("RGB", "L"):  # others cannot be made smaller well
            picture = opened.convert("RGBA" if opened.mode in TRANSPARENT else "RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        turned = _turned(opened)
        upright = picture.transpose(turned) if turned is not None else picture.copy()
    if upright.mode != "RGBA":
        return upright.convert("RGB")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _turned(picture: Image.Image) -> Image.Transpose | None:
    """How it has to be turned to stand upright. Whatever else is said beside it is not even read:
    it may be broken, and the picture good."""
    try:
        return _TURNED.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None


def _within(picture: Image.Image, most: int) -> None:
    if picture.width * picture.height > most:
        raise NotOne("too many pixels")


def _jpeg(picture: Image.Image) -> bytes:
    picture.info.clear()  # a remark beside it would be written as well
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()
