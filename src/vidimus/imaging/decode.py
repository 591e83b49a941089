"""Bytes of a picture, as they came from a caller, into upright RGB pixels.

The bytes are hostile until decoded: only the six formats of `_READERS` are tried, each by the
signature at its start and never by a name; the size is read from the header and checked before
any pixel is decoded; whatever a decoder raises becomes a caller's error. Embedded colour
profiles are not applied: faces are found and compared the same without, and a profile is one
more thing to parse.
"""

import hashlib
import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pi_heif.as_plugin import HeifImageFile
from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from vidimus.errors import ImageTooLarge, InvalidImageFormat

Pixels = NDArray[np.uint8]

_ACCEPTED = "JPEG, PNG, WebP, AVIF, TIFF and HEIC pictures are read"
_PIXELS_OF_ANY_SIDE = 65_535
"""Longest side: what a JPEG header can say, and beyond what the resizers below can address."""

_READERS: dict[str, Callable[[io.BytesIO], ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "AVIF": AvifImageFile,
    "TIFF": TiffImageFile,
    "HEIC": HeifImageFile,
}
_OTHER_SIGNATURES = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"8BPS", "Photoshop"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_HEIC_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
)
_SIXTEEN_BITS = frozenset(("I;16", "I;16L", "I;16B", "I;16N"))
_TRANSPARENT = frozenset(("RGBA", "RGBa", "LA", "La", "PA"))
_CONVERTIBLE = frozenset(("1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr", "HSV"))
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: pixels.transpose(1, 0, 2)[:, ::-1],
    7: lambda pixels: pixels.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda pixels: pixels.transpose(1, 0, 2)[::-1],
}
"""What turns the stored pixels upright, by the number of the EXIF tag Orientation."""

_WARNINGS_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright picture.

    `pixels` is RGB uint8 (height, width, 3), contiguous; `sha256` is the hexadecimal digest of
    the bytes as sent; `format` is one of JPEG, PNG, WebP, AVIF, TIFF, HEIC.
    """

    pixels: Pixels
    sha256: str
    format: str

    @property
    def width(self) -> int:
        """Pixels from left to right, after the picture was turned upright."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels from top to bottom, after the picture was turned upright."""
        return int(self.pixels.shape[0])


def decode_picture(data: bytes, *, max_pixels: int) -> Picture:
    """Decode a picture's first frame into upright RGB.

    EXIF orientation is applied to every format but PNG, as Amazon does; transparent places
    become white; 16-bit samples keep their upper half. Raises InvalidImageFormat for bytes that
    are not a whole picture of an accepted format, ImageTooLarge for more than `max_pixels`.
    """
    name = _format_of(data)
    try:
        image, orientation = _open(name, data)
    except Exception as error:
        raise InvalidImageFormat(_unreadable(name)) from error
    _check_size(image.width, image.height, max_pixels)
    try:
        pixels = _read_pixels(image, name, data)
    except InvalidImageFormat:
        raise
    except Exception as error:
        raise InvalidImageFormat(_unreadable(name)) from error
    if orientation in _UPRIGHT:
        pixels = _UPRIGHT[orientation](pixels)
    return Picture(np.ascontiguousarray(pixels), hashlib.sha256(data).hexdigest(), name)


def _unreadable(name: str) -> str:
    return f"The picture begins as {name} but cannot be decoded: it is damaged or cut short."


def _format_of(data: bytes) -> str:
    """Tell the format by the signature at the start; raises InvalidImageFormat."""
    if not data:
        raise InvalidImageFormat(f"The picture has no bytes; {_ACCEPTED}.")
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "TIFF"
    if data[4:8] == b"ftyp":
        return _format_of_container(data)
    for signature, other in _OTHER_SIGNATURES:
        if data.startswith(signature):
            raise InvalidImageFormat(f"The bytes are {other}; only {_ACCEPTED}.")
    raise InvalidImageFormat(f"The bytes are no picture of a known format; {_ACCEPTED}.")


def _format_of_container(data: bytes) -> str:
    """Tell AVIF from HEIC by the brands of an ISO media file."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIC_BRANDS:
        return "HEIC"
    raise InvalidImageFormat(f"The bytes are a media file without a picture; {_ACCEPTED}.")


@contextmanager
def _quietly() -> Iterator[None]:
    """Drop the warnings Pillow gives on odd headers; the filter is process-wide, so one by one."""
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(name: str, data: bytes) -> tuple[ImageFile, int]:
    """Read the header: the unloaded image and its EXIF orientation (1 is upright).

    The plug-in is called itself, not through Image.open, which would try other formats too and
    warn by a process-wide pixel limit.
    """
    with _quietly():
        image = _READERS[name](io.BytesIO(data))
        # Pillow turns TIFF upright while it loads; PNG is not turned, and to be asked it loads.
        if name in ("TIFF", "PNG"):
            return image, 1
        return image, int(image.getexif().get(ExifTags.Base.Orientation, 1))


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if min(width, height) < 1:
        raise InvalidImageFormat(f"The picture measures {width} x {height} pixels.")
    if width * height > max_pixels or max(width, height) > _PIXELS_OF_ANY_SIDE:
        raise ImageTooLarge(
            f"The picture measures {width} x {height} pixels; at most {max_pixels} pixels and "
            f"{_PIXELS_OF_ANY_SIDE} on a side are read."
        )


def _read_pixels(image: ImageFile, name: str, data: bytes) -> Pixels:
    """Decode to RGB (h, w, 3) as stored, not yet upright."""
    if name == "JPEG" and image.mode in ("RGB", "L"):
        # The same decoder as Pillow's, bit for bit, without Pillow's two copies: half the time.
        decoded = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
        )
        if decoded is not None:
            return np.asarray(decoded, np.uint8)
    image.load()
    return _to_rgb(image)


def _to_rgb(image: Image.Image) -> Pixels:
    """Turn a loaded image of any mode into RGB (h, w, 3); raises InvalidImageFormat."""
    if image.mode in _SIXTEEN_BITS:
        grey = (np.asarray(image) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        return _on_white(image)
    if image.mode not in _CONVERTIBLE:
        raise InvalidImageFormat(
            f"The picture's samples are of the kind {image.mode}; grey, palette, RGB and CMYK "
            "samples of 1 to 16 bits are read."
        )
    return np.asarray(image.convert("RGB"))


def _on_white(image: Image.Image) -> Pixels:
    coloured = image.convert("RGBA")
    white = Image.new("RGBA", coloured.size, "white")
    return np.asarray(Image.alpha_composite(white, coloured).convert("RGB"))
