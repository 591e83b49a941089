"""Page tokens between the API's listings and the gallery's keys."""

from typing import TypedDict

from vidimus.engine.engine import Engine
from vidimus.gallery.gallery import Page


class NextPage(TypedDict, total=False):
    """The member that leads to the next page; absent on the last."""

    NextToken: str


def page_of(engine: Engine, token: str | None, operation: str, scope: str) -> int | None:
    """Return the key a page begins after, None for the first; raises InvalidPaginationToken."""
    return None if token is None else engine.page_tokens.read(token, operation, scope)


def token_of(engine: Engine, page: Page[object], operation: str, scope: str) -> NextPage:
    """Return the member that leads on from a page."""
    if page.next_key is None:
        return {}
    return {"NextToken": engine.page_tokens.issue(operation, scope, page.next_key)}
