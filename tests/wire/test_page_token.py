import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.errors import InvalidPaginationToken
from vidimus.wire.page_token import PageTokens

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = bytes(range(32))
URL_SAFE = frozenset(string.ascii_letters + string.digits + "-_")
keys = st.integers(-(2**63), 2**63 - 1)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> PageTokens:
    return PageTokens(KEY, clock)


def assert_refused(tokens: PageTokens, token: str, operation: str, scope: str) -> None:
    with pytest.raises(InvalidPaginationToken, match="Invalid Pagination Token"):
        tokens.read(token, operation, scope)


@given(keys, st.text(), st.text())
def test_reading_undoes_issuing(key: int, operation: str, scope: str) -> None:
    tokens = PageTokens(KEY, lambda: START)
    token = tokens.issue(operation, scope, key)
    assert tokens.read(token, operation, scope) == key
    assert len(token) <= 255
    assert set(token) <= URL_SAFE


@given(keys, st.data())
def test_any_change_is_refused(key: int, data: st.DataObject) -> None:
    tokens = PageTokens(KEY, lambda: START)
    token = tokens.issue("ListFaces", "a", key)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(sorted(URL_SAFE - {token[place]})))
    assert_refused(tokens, token[:place] + other + token[place + 1 :], "ListFaces", "a")


@given(st.text())
def test_nonsense_is_refused(token: str) -> None:
    assert_refused(PageTokens(KEY, lambda: START), token, "ListFaces", "a")


def test_a_token_serves_its_own_listing_alone(tokens: PageTokens, clock: Clock) -> None:
    token = tokens.issue("ListFaces", "a", 5)
    assert_refused(tokens, token, "ListUsers", "a")
    assert_refused(tokens, token, "ListFaces", "b")
    assert_refused(PageTokens(bytes(32), clock), token, "ListFaces", "a")


def test_operation_and_scope_do_not_run_together(tokens: PageTokens) -> None:
    assert_refused(tokens, tokens.issue("ab", "c", 5), "a", "bc")


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}A", "{}===="])
def test_padding_and_blanks_are_refused(tokens: PageTokens, change: str) -> None:
    assert_refused(tokens, change.format(tokens.issue("ListFaces", "a", 5)), "ListFaces", "a")


def test_a_token_lives_for_a_day(tokens: PageTokens, clock: Clock) -> None:
    token = tokens.issue("ListFaces", "a", 5)
    clock.now = START + timedelta(hours=24)
    assert tokens.read(token, "ListFaces", "a") == 5
    clock.now = START + timedelta(hours=24, seconds=1)
    with pytest.raises(InvalidPaginationToken, match="older than 24 hours"):
        tokens.read(token, "ListFaces", "a")


def test_tokens_outlive_the_process(clock: Clock) -> None:
    token = PageTokens(KEY, clock).issue("ListFaces", "a", 5)
    assert PageTokens(KEY, clock).read(token, "ListFaces", "a") == 5
