"""What is said of an object that cannot be read or written."""

from vidimus.errors import ImageTooLarge, InvalidS3Object


def unreadable(bucket: str, name: str, reason: str) -> InvalidS3Object:
    """Return the error for an object that cannot be read, in Amazon's words and then ours."""
    shown = f"{bucket}/{name}".encode(errors="replace").decode()  # Any reply can carry it.
    return InvalidS3Object(
        "Unable to get object metadata from S3. Check object key, region and/or access "
        f"permissions. ({shown}: {reason})"
    )


def unwritable(bucket: str, name: str, reason: str) -> InvalidS3Object:
    """Return the error for an object that cannot be written."""
    shown = f"{bucket}/{name}".encode(errors="replace").decode()
    return InvalidS3Object(f"The object {shown} cannot be written: {reason}")


def check_size(size: int, max_bytes: int) -> None:
    """Raise ImageTooLarge for an object of more than `max_bytes`."""
    if size > max_bytes:
        raise ImageTooLarge(
            f"Image size is too large: the S3 object has {size} bytes, at most {max_bytes} may "
            "be read"
        )
