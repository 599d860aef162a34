"""A question of the site about an entry that somebody must look at soon ranks with safety."""

import pytest

from models import Notice
from models.vocabulary import NoticeKind, NoticeRank
from tests.backend.safety.conftest import CALM, SKULL


@pytest.mark.parametrize(("data", "rank"), [(SKULL, NoticeRank.SAFETY), (CALM, NoticeRank.OTHER)])
async def test_a_question_about_something_urgent_is_told_whatever_else_was_told(as_, phone_of, data, rank):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item(data))
    there = f"/api/v1/review/entries/{made['id']}"
    seen = (await as_("nora").get(there)).headers["etag"]

    asked = await as_("nora").post(
        f"{there}/data-queries", headers={"If-Match": seen}, json={"question": "Did you keep the letter?"})

    assert asked.status_code == 201, asked.text
    assert set(await Notice.filter(kind=NoticeKind.QUERY_WAITING).values_list("rank", flat=True)) == {rank}
