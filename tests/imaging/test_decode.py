"""Every kind of file a caller may send: pixels, or one of two clear errors."""

import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.imaging.heic import TURNED_HEIC, UPRIGHT_HEIC
from vidimus.errors import ImageTooLarge, InvalidImageFormat
from vidimus.imaging.decode import Picture, decode_picture

LIMIT = 1_000_000
WIDTH, HEIGHT = 120, 90


def scene() -> Image.Image:
    """A picture whose four quarters differ: red, green over blue, white."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:45, :60], pixels[:45, 60:] = (220, 20, 20), (20, 220, 20)
    pixels[45:, :60], pixels[45:, 60:] = (20, 20, 220), (240, 240, 240)
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decode(data: bytes) -> Picture:
    return decode_picture(data, max_pixels=LIMIT)


def quarters(pixels: NDArray[np.uint8]) -> list[str]:
    """Name the colours of the quarters, row by row."""
    height, width = pixels.shape[:2]
    names = []
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            red, green, blue = (int(value) for value in pixels[y, x])
            if min(red, green, blue) > 150:
                names.append("white")
            else:
                names.append("rgb"[int(np.argmax([red, green, blue]))])
    return names


UPRIGHT = ["r", "g", "b", "white"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(scene(), "JPEG", quality=90), "JPEG"),
        (saved(scene(), "JPEG", quality=90, progressive=True), "JPEG"),
        (saved(scene(), "JPEG", quality=95, subsampling=0, optimize=True), "JPEG"),
        (saved(scene().convert("CMYK"), "JPEG", quality=90), "JPEG"),
        (saved(scene(), "PNG"), "PNG"),
        (saved(scene().convert("P", palette=Image.Palette.ADAPTIVE), "PNG"), "PNG"),
        (saved(scene().convert("RGBA"), "PNG"), "PNG"),
        (saved(scene(), "WEBP", quality=90), "WebP"),
        (saved(scene(), "WEBP", lossless=True), "WebP"),
        (saved(scene(), "AVIF", quality=90), "AVIF"),
        (saved(scene(), "TIFF"), "TIFF"),
        (saved(scene(), "TIFF", compression="tiff_lzw"), "TIFF"),
        (saved(scene(), "TIFF", compression="jpeg"), "TIFF"),
        (saved(scene().convert("CMYK"), "TIFF"), "TIFF"),
        (saved(scene().convert("YCbCr"), "TIFF"), "TIFF"),
    ],
)
def test_colours_survive(data: bytes, kind: str) -> None:
    picture = decode(data)
    assert picture.format == kind
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert quarters(picture.pixels) == UPRIGHT


def ramp16() -> Image.Image:
    levels = np.linspace(0, 65_535, WIDTH).astype(np.uint16)
    return Image.fromarray(np.tile(levels, (HEIGHT, 1)))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_range(kind: str) -> None:
    pixels = decode(saved(ramp16(), kind)).pixels
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[0, -1].tolist() == [255, 255, 255]
    assert abs(int(pixels[0, WIDTH // 2, 0]) - 128) < 3


def png_of_16_bit_rgb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    row = b"\x00" + struct.pack(">HHH", 0xFFFF, 0x8000, 0) * WIDTH
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * HEIGHT))
        + chunk(b"IEND", b"")
    )


def test_sixteen_bit_colour() -> None:
    assert decode(png_of_16_bit_rgb()).pixels[5, 5].tolist() == [255, 128, 0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_grey(kind: str) -> None:
    pixels = decode(saved(Image.new("L", (100, 80), 77), kind)).pixels
    assert pixels.shape == (80, 100, 3)
    assert np.abs(pixels.astype(int) - 77).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_one_bit(kind: str) -> None:
    image = scene().convert("1")
    assert set(np.unique(decode(saved(image, kind)).pixels)) <= {0, 255}


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGBA", (90, 90), (0, 0, 0, 0)),
        Image.new("LA", (90, 90), (0, 0)),
    ],
)
def test_transparent_becomes_white(image: Image.Image) -> None:
    assert decode(saved(image, "PNG")).pixels.min() == 255


def test_palette_with_transparency_becomes_white() -> None:
    image = Image.new("P", (90, 90), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(1, (0, 0, 45, 90))
    for transparency in (0, b"\x00\xff"):
        pixels = decode(saved(image, "PNG", transparency=transparency)).pixels
        assert pixels[10, 10].tolist() == [200, 100, 50]
        assert pixels[10, 80].tolist() == [255, 255, 255]


def test_colour_key_becomes_white() -> None:
    pixels = decode(saved(scene(), "PNG", transparency=(20, 20, 220))).pixels
    assert pixels[80, 10].tolist() == [255, 255, 255]
    assert pixels[10, 10].tolist() == [220, 20, 20]


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF", "TIFF"])
def test_first_frame_of_animations(kind: str) -> None:
    others = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("black", "yellow")]
    assert (
        quarters(decode(saved(scene(), kind, save_all=True, append_images=others)).pixels)
        == UPRIGHT
    )


STORED: dict[int, Callable[[Image.Image], Image.Image]] = {
    1: lambda image: image,
    2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
}
"""How a camera stores the scene under each orientation (the inverse of turning it upright)."""


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(saved(STORED[orientation](scene()), kind, quality=95, exif=exif))
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert quarters(picture.pixels) == UPRIGHT
    assert picture.pixels.flags.c_contiguous


def test_heic() -> None:
    upright, turned = decode(UPRIGHT_HEIC), decode(TURNED_HEIC)
    assert (upright.format, upright.width, upright.height) == ("HEIC", 128, 96)
    assert quarters(upright.pixels) == UPRIGHT
    assert (turned.width, turned.height) == (96, 128)
    assert quarters(turned.pixels) == ["g", "white", "r", "b"]


def test_exif_orientation_of_png_is_not_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    assert quarters(decode(saved(scene(), "PNG", exif=exif)).pixels) == UPRIGHT


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_orientation_out_of_range_is_ignored(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert quarters(decode(saved(scene(), "JPEG", exif=exif)).pixels) == UPRIGHT


def test_broken_exif_is_ignored_or_refused() -> None:
    data = saved(scene(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f garbage")
    with contextlib.suppress(InvalidImageFormat):
        assert quarters(decode(data).pixels) == UPRIGHT


def test_a_profile_changes_nothing() -> None:
    data = saved(scene(), "JPEG", quality=90, icc_profile=b"not a profile at all" * 10)
    assert quarters(decode(data).pixels) == UPRIGHT


def test_digest_is_of_the_bytes() -> None:
    import hashlib

    data = saved(scene(), "PNG")
    assert decode(data).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no bytes"),
        (b"\x00" * 5000, "no picture"),
        (b"hello, I am a picture", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "PostScript"),
        (saved(scene(), "GIF"), "GIF"),
        (saved(scene(), "BMP"), "BMP"),
        (saved(scene(), "EPS"), "PostScript"),
        (saved(scene(), "PPM"), "no picture"),
        (saved(scene(), "ICO"), "icon"),
        (saved(scene(), "JPEG2000"), "no picture"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "media file"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif", "AVIF"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"RIFF\x10\x00\x00\x00WEBP", "WebP"),
        (b"II*\x00", "TIFF"),
        (b"II*\x00\x08\x00\x00\x00\x00\x00", "TIFF"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(InvalidImageFormat, match=words):
        decode(data)


@pytest.mark.parametrize("mode", ["I", "F", "LAB"])
def test_exotic_samples_are_refused(mode: str) -> None:
    image = Image.new(mode, (90, 90))
    with pytest.raises(InvalidImageFormat, match="samples"):
        decode(saved(image, "TIFF"))


KINDS = {
    "HEIC": UPRIGHT_HEIC,
    "JPEG": saved(scene(), "JPEG"),
    "progressive": saved(scene(), "JPEG", progressive=True),
    "PNG": saved(scene(), "PNG"),
    "WEBP": saved(scene(), "WEBP"),
    "AVIF": saved(scene(), "AVIF"),
    "TIFF": saved(scene(), "TIFF"),
    "LZW": saved(scene(), "TIFF", compression="tiff_lzw"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_is_an_answer_or_a_callers_error(kind: str) -> None:
    data = KINDS[kind]
    refused = 0
    for length in range(0, len(data), max(1, len(data) // 60)):
        try:
            assert decode(data[:length]).pixels.shape[2] == 3
        except InvalidImageFormat:
            refused += 1
    assert refused > 30


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutations_never_raise_anything_else(data: st.DataObject) -> None:
    """Changed, cut, doubled and spliced bytes of good files."""
    mutated = bytearray(KINDS[data.draw(st.sampled_from(sorted(KINDS)), label="kind")])
    for _ in range(data.draw(st.integers(1, 6), label="changes")):
        # Headers decide most: half of the changes fall on the first 200 bytes.
        end = data.draw(st.sampled_from([min(200, len(mutated)), len(mutated)]))
        at = data.draw(st.integers(0, max(0, end - 1)))
        piece = data.draw(st.binary(min_size=0, max_size=8))
        removed = data.draw(st.sampled_from([len(piece), 0, 1, 40]))
        mutated[at : at + removed] = piece
    try:
        picture = decode(bytes(mutated))
    except (InvalidImageFormat, ImageTooLarge):
        return
    assert picture.pixels.shape == (picture.height, picture.width, 3)
    assert picture.width * picture.height <= LIMIT


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">I", zlib.crc32(body))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


def tiff_header(width: int, height: int) -> bytes:
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (279, 10)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + b"\x00" * 4


def bombed_jpeg() -> bytes:
    data = bytearray(saved(scene(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        png_header(50_000, 50_000),
        png_header(2**31 - 1, 2**31 - 1),
        png_header(100_000, 1),
        tiff_header(200_000, 200_000),
        tiff_header(2**32 - 1, 2**32 - 1),
        bombed_jpeg(),
        saved(Image.new("1", (9000, 9000)), "PNG"),
        saved(Image.new("L", (4000, 4000)), "WEBP"),
    ],
)
def test_bombs_are_refused_by_their_header(data: bytes) -> None:
    with pytest.raises(ImageTooLarge, match="pixels"):
        decode(data)


def test_the_limit_itself_is_allowed() -> None:
    data = saved(Image.new("L", (1000, 1000)), "PNG")
    assert decode(data).width == 1000
    with pytest.raises(ImageTooLarge):
        decode_picture(data, max_pixels=999_999)


def test_many_threads_see_no_warning_and_the_same_pixels() -> None:
    odd = saved(scene(), "JPEG", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x05\x00")
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(lambda _: decode(odd), range(64)))
    assert all(np.array_equal(picture.pixels, pictures[0].pixels) for picture in pictures)
