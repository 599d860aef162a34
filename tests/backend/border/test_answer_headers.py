"""No answer about a child is left in a cache, and none can be taken for something else."""

import dataclasses

import msgspec
import pytest

from backend.app import create_app
from tests.cast import client_for


@pytest.mark.parametrize("address", [
    "/api/v1/participants/{leo}/changes", "/api/v1/me", "/api/v1/participants/{tom}/changes", "/api/v1/nowhere",
    "/health/live", "/api/openapi.json",
])
async def test_every_answer_is_kept_nowhere(address, as_, cast):
    answer = await as_("mia").get(address.format(leo=cast.leo.id, tom=cast.tom.id))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("address", ["/app/", "/.well-known/jwks.json", "/console/static/console.css"])
async def test_answer_that_may_be_kept_says_so_itself(address, as_):
    assert "no-store" not in (await as_().get(address)).headers.get_list("cache-control")


async def test_answers_of_a_public_server_insist_on_tls(study, cast):
    settings = msgspec.structs.replace(study.settings, public_url="https://diary.example.org")
    app = create_app(dataclasses.replace(study, settings=settings), opens_database=False)

    async with client_for(app) as client:
        answer = await client.get("/api/v1/me")

    assert answer.status_code == 401
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
