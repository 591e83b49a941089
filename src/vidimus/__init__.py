"""vidimus: face, image and video analysis with the Amazon Rekognition API, kept on your machine.

The same engine that answers the server's requests is a Python library:

    import vidimus

    with vidimus.open_engine() as engine:
        picture = vidimus.read_picture("portrait.jpg")
        engine.enrollment.create_collection("people", engine.model_version)
        engine.enrollment.index_faces("people", picture, external_image_id="ada")
        search = engine.identification.search_faces_by_image("people", picture)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidimus.engine.caller import Caller
    from vidimus.engine.engine import Engine, open_engine, read_picture
    from vidimus.errors import CallerError, VidimusError
    from vidimus.settings import Settings, read_settings
    from vidimus.vision.face_types import Attribute, FaceDetail

__all__ = [
    "Attribute",
    "Caller",
    "CallerError",
    "Engine",
    "FaceDetail",
    "Settings",
    "VidimusError",
    "open_engine",
    "read_picture",
    "read_settings",
]

_HOMES = {
    "Attribute": "vidimus.vision.face_types",
    "Caller": "vidimus.engine.caller",
    "CallerError": "vidimus.errors",
    "Engine": "vidimus.engine.engine",
    "FaceDetail": "vidimus.vision.face_types",
    "Settings": "vidimus.settings",
    "VidimusError": "vidimus.errors",
    "open_engine": "vidimus.engine.engine",
    "read_picture": "vidimus.engine.engine",
    "read_settings": "vidimus.settings",
}


def __getattr__(name: str) -> object:
    """Import a public name at its first use, so that a lower room never loads the engine."""
    if name not in _HOMES:
        raise AttributeError(f"module 'vidimus' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
