"""Messages to SNS topics, at whatever endpoint AWS's own variables name.

Nothing is sent where no endpoint is named: a server of one's own that holds credentials for its
object store must not call Amazon because a caller wrote down a topic.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unconnected

from vidimus.jobs.notice import Delivery, Notice, Outcome

ENDPOINT_VARIABLES: Final = ("AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL")
NO_ENDPOINT: Final = "no SNS endpoint is named (AWS_ENDPOINT_URL_SNS)"

_PATIENCE: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)

OpenTopics = Callable[[str, str], Any]
"""Opens botocore's client of SNS for a region and an endpoint."""


def open_topics(region: str, endpoint: str) -> Any:
    """Return botocore's client; credentials come from AWS's own variables and files."""
    session = botocore.session.get_session()
    return session.create_client("sns", region_name=region, endpoint_url=endpoint, config=_PATIENCE)


class Topic:
    """Publishes notices to the topics they name."""

    name: Final = "topic"

    def __init__(
        self, environment: Mapping[str, str], open_client: OpenTopics = open_topics
    ) -> None:
        named = (environment.get(variable) for variable in ENDPOINT_VARIABLES)
        self._endpoint = next(filter(None, named), None)
        self._open_client = open_client

    def send(self, notice: Notice) -> Outcome | None:
        """Publish a notice, thrice at most; None where it names no topic."""
        if notice.topic_arn is None:
            return None
        if self._endpoint is None:
            return Outcome(Delivery.REFUSED, NO_ENDPOINT)
        try:
            client = self._open_client(_region_of(notice.topic_arn), self._endpoint)
            answer = client.publish(**_message(notice, notice.topic_arn))
        except ClientError as refusal:
            return Outcome(_fault_of(refusal), str(refusal))
        except (HTTPClientError, Unconnected) as trouble:
            return Outcome(Delivery.UNREACHED, str(trouble))
        except (BotoCoreError, ValueError) as trouble:
            # No credentials, or an endpoint that is no URL.
            return Outcome(Delivery.REFUSED, str(trouble))
        return Outcome(Delivery.DELIVERED, f"MessageId {answer['MessageId']}")


def _region_of(topic_arn: str) -> str:
    parts = topic_arn.split(":")
    return parts[3] if len(parts) > 3 else ""


def _message(notice: Notice, topic_arn: str) -> dict[str, str]:
    message = {"TopicArn": topic_arn, "Message": notice.encode().decode()}
    if topic_arn.endswith(".fifo"):
        message |= {"MessageGroupId": notice.job_id, "MessageDeduplicationId": notice.job_id}
    return message


def _fault_of(refusal: ClientError) -> Delivery:
    """Tell the server's own faults and its wish to be asked later from what stays refused."""
    status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = refusal.response.get("Error", {}).get("Code", "")
    later = status >= 500 or status == 429 or "Throttl" in code
    return Delivery.UNREACHED if later else Delivery.REFUSED
