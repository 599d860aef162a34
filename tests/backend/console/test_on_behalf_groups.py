"""A long form on the staff page: groups in the order of asking, the rare folded, and the fracture it is about."""

import re

from backend.console.on_behalf_groups import GROUPS, grouped
from backend.console.remarks import Remark, Remarks
from backend.console.words import ENGLISH
from models import DiaryEntry
from models.protocol import load_protocol
from models.vocabulary import EntryKind
from tests.browsers import read


def questions(kind: str):
    return load_protocol().form(EntryKind(kind)).field


def test_every_question_of_every_form_stands_in_one_group_and_each_group_has_words():
    for kind in load_protocol().file.form:
        groups = grouped(questions(kind), {}, Remarks())
        names = [name for group in groups for name in (*group.shown, *group.folded)]
        assert sorted(names) == sorted(questions(kind)), kind
        assert not any(group.is_open for group in groups)
    assert {code for code, *_ in GROUPS} < ENGLISH["group"].keys()
    assert {code for code, _, folded in GROUPS if folded} == ENGLISH["group_more"].keys()


def test_short_form_has_no_groups():
    assert [group.code for group in grouped(questions("growth"), {}, Remarks())] == [""]


def test_folded_group_opens_for_what_was_typed_or_is_odd():
    def opened(typed, remarks):
        return {group.code for group in grouped(questions("fracture"), typed, remarks) if group.is_open}

    assert opened({"data.nights": "3"}, Remarks()) == {"hospital"}
    assert opened({"data.imaging_on.year": "2026"}, Remarks()) == {"imaging"}
    assert opened({}, Remarks(beside={"noticed_on": [Remark("noticed_before_onset", "noticed_on")]})) == {"when"}


async def test_nurse_gets_from_a_fracture_to_its_follow_up_and_stores_which_it_is_about(browser_of, cast, fracture):
    nora = await browser_of("nora")
    page = f"/console/participants/{cast.leo.id}/telling"

    entry = await nora.see(f"/console/entries/{fracture.id}")
    shown = await nora.see(f"{page}?kind=follow_up&parent={fracture.id}")
    stored = await nora.post(page, **read(shown).hidden, told_by="relation:mother", parent_id=str(fracture.id),
                             **{"data.healed": "using_as_before"})

    assert f'href="{page}?kind=follow_up&amp;parent={fracture.id}"' in entry.text
    assert re.search(rf'<option value="{fracture.id}" selected>[^<]*Thigh bone \(femur\)', shown.text)
    assert stored.status_code == 303, read(stored).text
    follow_up = await DiaryEntry.get(kind=EntryKind.FOLLOW_UP)
    assert (follow_up.parent_id, follow_up.pending) == (fracture.id, False)
    told = await nora.see(f"{page}/{follow_up.id}")
    assert f'<option value="{fracture.id}" selected>' in told.text


async def test_fracture_that_was_taken_back_is_not_offered(browser_of, cast, fracture, phone_of):
    await DiaryEntry.filter(id=fracture.id).update(state="retracted")

    shown = await (await browser_of("nora")).see(f"/console/participants/{cast.leo.id}/telling?kind=follow_up")

    assert str(fracture.id) not in shown.text
