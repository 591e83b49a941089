"""From the API's Image member to a decoded picture."""

from vidimus.engine.engine import Engine
from vidimus.errors import ImageTooLarge, InvalidParameter
from vidimus.imaging.decode import Picture, decode_picture
from vidimus.wire.shapes import Image

MIN_SIDE = 80


def load_picture(
    engine: Engine,
    image: Image,
    member: str = "Image",
    *,
    min_side: int = MIN_SIDE,
    max_side: int | None = None,
    max_bytes: int | None = None,
) -> Picture:
    """Read and decode the picture of a request.

    `member` names the request's member in messages. Raises InvalidParameter unless exactly one
    of Bytes and S3Object is given and both sides have at least `min_side` pixels, InvalidS3Object,
    ImageTooLarge (15 MB as an object, 5 MB or `max_bytes` as bytes, a side of more than `max_side`
    pixels) and InvalidImageFormat.
    """
    limit = engine.settings.max_image_bytes
    data = _read(engine, image, member, limit if max_bytes is None else min(limit, max_bytes))
    picture = decode_picture(data, max_pixels=engine.settings.max_image_pixels)
    if min(picture.width, picture.height) < min_side:
        raise InvalidParameter(
            f"{member}: the picture is {picture.width} x {picture.height} pixels; "
            f"each side must have at least {min_side}"
        )
    if max_side is not None and max(picture.width, picture.height) > max_side:
        raise ImageTooLarge(
            f"{member}: the picture is {picture.width} x {picture.height} pixels; "
            f"each side may have at most {max_side}"
        )
    return picture


def _read(engine: Engine, image: Image, member: str, max_bytes: int) -> bytes:
    data, place = image.get("Bytes"), image.get("S3Object")
    if (data is None) == (place is None):
        raise InvalidParameter(f"{member}: give exactly one of Bytes and S3Object")
    if data is not None:
        return _bytes(data, max_bytes, member)
    assert place is not None  # noqa: S101 - one of the two is given
    missing = [name for name in ("Bucket", "Name") if not place.get(name)]
    if missing:
        raise InvalidParameter(f"{member}.S3Object: {' and '.join(missing)} must be given")
    return engine.objects.read_object(
        place["Bucket"], place["Name"], place.get("Version"), engine.settings.max_object_bytes
    )


def _bytes(data: bytes, limit: int, member: str) -> bytes:
    if len(data) > limit:
        raise ImageTooLarge(
            f"{member}.Bytes: the picture has {len(data)} bytes; at most {limit} may be sent as "
            "bytes (put larger ones into a bucket)"
        )
    return data
