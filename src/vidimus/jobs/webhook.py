"""Messages to a webhook, signed so that the receiver knows who sent them and when.

Headers and signature are those of Standard Webhooks (https://www.standardwebhooks.com), for which
there are libraries in many languages: HMAC-SHA256 over id, time and body.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from vidimus.jobs.notice import Delivery, Notice, Outcome

GONE: Final = 410
"""The status by which a receiver says that it wants no more messages."""

_TIMEOUT: Final = Timeout(connect=5, read=10)
_RETRIES: Final = Retry(
    total=3,
    backoff_factor=0.5,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    allowed_methods=None,
    redirect=False,
    raise_on_status=False,
    respect_retry_after_header=False,  # It may ask for hours.
)


class Webhook:
    """Posts notices to one URL, signed with a shared secret."""

    name: Final = "webhook"

    def __init__(
        self,
        url: str,
        key: bytes,
        clock: Callable[[], datetime],
        retries: Retry = _RETRIES,
    ) -> None:
        self._url = url
        self._key = key
        self._clock = clock
        self._retries = retries

    def send(self, notice: Notice) -> Outcome:
        """Post a notice, four times at most; redirects are not followed."""
        body = notice.encode()
        try:
            with urllib3.PoolManager(timeout=_TIMEOUT) as pool:
                answer = pool.request(
                    "POST",
                    self._url,
                    body=body,
                    headers=self._headers(notice.job_id, body),
                    retries=self._retries,
                    redirect=False,
                )
        except MaxRetryError as trouble:
            return Outcome(Delivery.UNREACHED, str(trouble.reason or trouble))
        except HTTPError as trouble:
            return Outcome(Delivery.UNREACHED, str(trouble))
        return Outcome(_meaning_of(answer.status), f"HTTP status {answer.status}")

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        seconds = str(int(self._clock().timestamp()))
        return {
            "content-type": "application/json",
            "user-agent": "vidimus",
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{sign(self._key, message_id, seconds, body)}",
        }


def sign(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    """Return the signature of a message in base64; `seconds` is when it was sent, since 1970."""
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    return b64encode(hmac.digest(key, signed, "sha256")).decode()


def _meaning_of(status: int) -> Delivery:
    if 200 <= status < 300:
        return Delivery.DELIVERED
    return Delivery.REFUSED if status == GONE else Delivery.UNREACHED
