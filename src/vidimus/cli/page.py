"""Pages that vidimus writes: one HTML file each, which loads nothing from the net."""

import base64
import io
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from vidimus.cli.picture import person_words, sign_words

_QUALITY = 80


def open_environment() -> Environment:
    """Return what renders the templates beside this module; everything put into them is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["person_words"] = lambda face: ", ".join(person_words(face))
    environment.filters["sign_words"] = lambda face: ", ".join(sign_words(face))
    environment.filters["web_address"] = web_address
    return environment


def web_address(address: str) -> str | None:
    """Return what a link may lead to: a page of the web; None for any other scheme."""
    if address.startswith(("http://", "https://")):
        return address
    return None if ":" in address.split("/", 1)[0] else f"https://{address}"


def data_address(image: Image.Image, quality: int = _QUALITY) -> str:
    """Return a picture as the address of itself: a JPEG in base64."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(written.getvalue()).decode("ascii")


def today_in_words() -> str:
    """Return today's date, as 5 March 2026."""
    return f"{datetime.now().astimezone():%d %B %Y}".lstrip("0")
