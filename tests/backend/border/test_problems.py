"""Every refusal is RFC 9457 problem+json, says nothing about our insides, and repeats nothing of what was sent."""

import logging

import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath, JSONBody

from backend.app import create_app
from backend.diary.schemas import EntryWrite
from models.fields import new_id
from tests.cast import client_for
from tests.phones import FRACTURE

SECRET_WORDS = "femur-broke-again"


@get("/bug/{words:str}", public=True)
async def bug(words: FromPath[str]) -> None:
    raise RuntimeError(f"{words} stands in a message")


@post("/bug", public=True)
async def bug_with_body(data: JSONBody[EntryWrite]) -> None:
    raise KeyError(data.data["note"])


@pytest.fixture
def fragile(study) -> Litestar:
    """The app with a route that has a bug."""
    app = create_app(study, opens_database=False)
    app.register(bug)
    app.register(bug_with_body)
    return app


async def test_bug_is_a_500_problem_without_content_here_and_in_the_log(fragile, caplog):
    caplog.set_level(logging.DEBUG)
    async with client_for(fragile) as client:
        answers = [await client.get(f"/bug/{SECRET_WORDS}"),
                   await client.post("/bug", json={"data": {"note": SECRET_WORDS}})]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (500, "bug")
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["reference"] in caplog.text
        assert not {SECRET_WORDS, "Traceback", "RuntimeError", "KeyError", ".py"} & set(answer.text.split('"'))
        assert SECRET_WORDS not in answer.text
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("backend"))
    assert "type=RuntimeError" in ours
    assert SECRET_WORDS not in ours


async def test_unknown_address_is_a_404_problem(as_):
    answer = await as_("mia").get(f"/api/v1/{SECRET_WORDS}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert SECRET_WORDS not in answer.text


async def test_wrong_method_is_a_405_problem_that_names_the_right_ones(as_, cast):
    answer = await as_("mia").delete(f"/api/v1/participants/{cast.leo.id}/changes")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= {method.strip() for method in answer.headers["allow"].split(",")}


async def test_refused_content_is_neither_repeated_nor_logged(as_, phone_of, cast, caplog):
    caplog.set_level(logging.INFO)
    mia = phone_of("mia")
    url = f"/api/v1/participants/{cast.leo.id}/entries/{new_id()}"

    answers = [
        await as_("mia").put(url, json={"data": {"pain": SECRET_WORDS}, "kind": "fracture"},
                             headers={"If-None-Match": "*"}),
        await as_("mia").put(url, json={"data": [SECRET_WORDS]}, headers={"If-None-Match": "*"}),
        await as_("mia").post(f"{mia.url}/changes", content=f'{{"a": "{SECRET_WORDS}'.encode(),
                              headers={"content-type": "application/json"}),
        await as_("mia").get(f"{mia.url}/changes", params={"since": SECRET_WORDS}),
    ]
    await mia.push(mia.item({"pain": SECRET_WORDS}), mia.item({**FRACTURE, "note": SECRET_WORDS}))

    assert {answer.status_code for answer in answers} == {400, 422}
    assert not [answer.text for answer in answers if SECRET_WORDS in answer.text]
    assert SECRET_WORDS not in "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("backend"))
