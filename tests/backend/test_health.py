"""Liveness and readiness."""


async def test_api_is_ready_when_the_database_is_migrated(as_):
    answer = await as_().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
