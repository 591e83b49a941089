"""The Rekognition operations: where AWS words end."""

from vidimus.operations import (
    celebrities,
    collections,
    equipment,
    faces,
    labels,
    media_analysis,
    moderation,
    tags,
    text,
    users,
    video_content,
    video_people,
    video_segments,
)
from vidimus.operations.registry import REGISTRY, Answer, EngineDispatcher, Registered

__all__ = [
    "REGISTRY",
    "Answer",
    "EngineDispatcher",
    "Registered",
    "celebrities",
    "collections",
    "equipment",
    "faces",
    "labels",
    "media_analysis",
    "moderation",
    "tags",
    "text",
    "users",
    "video_content",
    "video_people",
    "video_segments",
]
