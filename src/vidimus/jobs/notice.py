"""What is told of a job that ended: one message, the same for a topic and for a webhook."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec


@dataclass(frozen=True, slots=True)
class Notice:
    """A job that ended.

    `operation` is the one that started it, `status` SUCCEEDED or FAILED, `message` why it failed.
    `member` is what the message calls the object: Video, or Input for a manifest. `topic_arn` is
    the topic that the caller wants told; None is nobody.
    """

    job_id: str
    operation: str
    status: str
    ended_at: datetime
    bucket: str
    name: str
    tag: str | None = None
    message: str | None = None
    topic_arn: str | None = None
    member: Literal["Video", "Input"] = "Video"

    def encode(self) -> bytes:
        """Return the message as Amazon sends it for stored video: JSON, in UTF-8.

        `Timestamp` is in milliseconds since 1970; members that a job lacks are left out.
        """
        told = {
            "JobId": self.job_id,
            "Status": self.status,
            "API": self.operation,
            "JobTag": self.tag,
            "Message": self.message,
            "Timestamp": int(self.ended_at.timestamp() * 1000),
            self.member: {"S3ObjectName": self.name, "S3Bucket": self.bucket},
        }
        return msgspec.json.encode({key: value for key, value in told.items() if value is not None})


class Delivery(StrEnum):
    """What came of a message; only what was UNREACHED is worth another try."""

    DELIVERED = "DELIVERED"
    REFUSED = "REFUSED"
    UNREACHED = "UNREACHED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message, and a few words about it."""

    delivery: Delivery
    detail: str


def read_told(told: str | None) -> dict[str, Outcome]:
    """Return what came of a job's notices, by channel, from what is kept with the job."""
    return {} if told is None else msgspec.json.decode(told, type=dict[str, Outcome])
