"""What the page says when a child is in hospital, has died, or the family has withdrawn."""

import pytest

from models import Participant
from models.vocabulary import ParticipantState

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
WEEK = "Nothing happened this week"


def test_page_speaks_as_quietly_as_the_childs_state_asks_for(phone, installation):
    def put_into(state: ParticipantState) -> None:
        installation.ask(lambda cast: Participant.filter(id=cast.leo.id).update(state=state))
        mia.page.reload()

    mia = phone("mia")
    mia.sign_in()
    page = mia.page
    page.get_by_role("button", name=WEEK).wait_for()

    put_into(ParticipantState.IN_HOSPITAL)
    page.get_by_role("button", name="Fracture").wait_for()
    page.get_by_text(WEEK).wait_for(state="detached")
    assert page.get_by_role("button", name="Fracture").count() == 1

    put_into(ParticipantState.DIED)
    page.get_by_role("link", name="Write down a symptom").wait_for()
    assert page.get_by_role("button", name="Fracture").count() == page.get_by_text(WEEK).count() == 0

    put_into(ParticipantState.WITHDRAWN)
    page.get_by_text("You have withdrawn.").wait_for()
    assert page.get_by_role("link", name="Write down a symptom").count() == 0

    put_into(ParticipantState.ACTIVE)
    page.get_by_role("button", name=WEEK).wait_for()

    installation.ask(lambda cast: Participant.filter(id=cast.tom.id).update(
        woman_id=cast.leo.id, state=ParticipantState.PREGNANCY_LOST,
    ))  # a woman who lost her child goes on in the study
    page.reload()
    page.get_by_role("link", name="Write about the week").wait_for()
    assert page.get_by_text(WEEK).count() == 0
    assert mia.complaints == []
