"""vidimus: face, image and video analysis with the Amazon Rekognition API, kept on your machine.

The same engine that answers the server's requests is a Python library:

    import vidimus

    with vidimus.open_engine() as engine:
        picture = vidimus.read_picture("portrait.jpg")
        engine.enrollment.create_collection("people", engine.model_version)
        engine.enrollment.index_faces("people", picture, external_image_id="ada")
        search = engine.identification.search_faces_by_image("people", picture)
"""

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
