"""Cursors: what goes in comes out, and nothing else is believed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.errors import InvalidParameter
from backend.paging import decode_cursor, encode_cursor, page_limit, page_of


@given(some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0")),
       some.integers(-(2**63) + 1, 2**63 - 1), some.uuids(), some.datetimes(timezones=some.just(UTC)))
def test_cursor_gives_back_its_order_keys(text, number, row_id, at):
    keys = (text, number, row_id, at)

    assert decode_cursor(encode_cursor(*keys), str, int, UUID, datetime) == keys


@given(some.text(max_size=40))
def test_any_other_text_is_refused(text):
    try:
        found = decode_cursor(text, str, int)
    except InvalidParameter:
        return
    assert decode_cursor(encode_cursor(*found), str, int) == found


@pytest.mark.parametrize("keys", [("only text",), (1, "swapped"), ("a\0b", 1), ("a", 2**63), ("a", True), ()])
def test_cursor_of_another_list_is_refused(keys):
    with pytest.raises(InvalidParameter):
        decode_cursor(encode_cursor(*keys), str, int)


def test_limit_lies_between_one_and_a_hundred():
    assert [page_limit(limit) for limit in (1, 100)] == [1, 100]
    for limit in (0, 101, -5):
        with pytest.raises(InvalidParameter):
            page_limit(limit)


def test_page_says_whether_more_follow():
    assert page_of([1, 2, 3], 2, str).next_cursor == "2"
    assert page_of([1, 2], 2, str).next_cursor is None
    assert page_of([], 2, str).items == []
