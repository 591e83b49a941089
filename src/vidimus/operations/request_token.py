"""The ClientRequestToken of a request."""

from collections.abc import Mapping
from typing import Any

from vidimus.engine.once import RequestToken


def request_token(request: Mapping[str, Any], scope: str) -> RequestToken | None:
    """Return the request's token, None where it has none; `scope` says whose it is."""
    token = request.get("ClientRequestToken")
    if token is None:
        return None
    parameters = {name: request[name] for name in request if name != "ClientRequestToken"}
    return RequestToken.of(token, scope, parameters)
