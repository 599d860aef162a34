"""What only the server says can't be sent: each such field is refused wherever families and staff write (E2)."""

import pytest

from models import AuditEvent, Guardianship, LinkingCode, Participant, PrivateNote
from models.fields import new_id
from tests.cast import PASSWORD

LEO, BEN = "{leo}", "{ben}"
WRITES = {
    "enrolment": ("nora", "POST", "/api/v1/participants", {"code": "SE01-050", "arm": "prenatal"}),
    "change": ("nora", "PATCH", f"/api/v1/participants/{LEO}", {"custodians": ["mother"]}),
    "birth": ("nora", "POST", f"/api/v1/participants/{LEO}/birth", {"birth_month": "2019-06"}),
    "code": ("nora", "POST", f"/api/v1/participants/{LEO}/linking-codes", {"relation": "father", "role": "guardian"}),
    "invitation": ("mia", "POST", f"/api/v1/participants/{LEO}/invitations", {"relation": "father", "role": "carer"}),
    "redemption": ("", "POST", "/api/v1/linking-codes/redemption", {
        "code": "2345-6789-CDFG", "email": "sam@example.org", "password": PASSWORD, "display_name": "Sam",
        "language": "sv", "timezone": "Europe/Stockholm"}),
    "own redemption": ("eve", "POST", "/api/v1/linking-codes/redemption/mine", {"code": "2345-6789-CDFG"}),
    "limit": ("nora", "PATCH", f"/api/v1/guardianships/{BEN}", {"capabilities": ["log"]}),
    "lock": ("nora", "POST", f"/api/v1/guardianships/{BEN}/lock", {"reason": "court_order"}),
    "unlock": ("nora", "POST", f"/api/v1/guardianships/{BEN}/unlock", {"reason": "order_over"}),
    "note": ("mia", "PUT", f"/api/v1/participants/{LEO}/private-notes/{new_id()}", {"text": "Mine"}),
}
AN_ID, A_TIME = "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77", "2030-01-01T00:00:00Z"
SERVER_OWNED = {
    "id": AN_ID, "seq": 1, "state": "withdrawn", "collection": "open", "site_id": AN_ID, "participant_id": AN_ID,
    "account_id": AN_ID, "issued_by_id": AN_ID, "invited_by_id": AN_ID, "by_family": False, "code_hash": "0" * 64,
    "locked_at": None, "court_order_at": None, "enrolled_at": A_TIME, "issued_at": A_TIME, "expires_at": A_TIME,
    "redeemed_at": A_TIME, "revoked_at": A_TIME, "created_at": A_TIME, "email_verified_at": A_TIME,
    "is_staff": True, "staff_roles": [{"role": "administrator", "site": None}], "dissented_at": None,
    "guardianship_ends_at": A_TIME, "sealed_text": "x", "woman_id": AN_ID, "settle_at": None,
}


async def everything():
    tables = (Participant, Guardianship, LinkingCode, PrivateNote, AuditEvent)
    return [sorted(map(str, await table.all().values())) for table in tables]


@pytest.mark.parametrize("write", WRITES)
async def test_no_field_of_the_server_is_taken_from_outside(write, as_, cast):
    who, method, path, body = WRITES[write]
    ben = await Guardianship.get(account_id=cast.ben.id)
    url = path.replace(LEO, str(cast.leo.id)).replace(BEN, str(ben.id))
    client, before = as_(who or None), await everything()

    for name, value in SERVER_OWNED.items():
        answer = await client.request(method, url, json=body | {name: value})
        assert (answer.status_code, answer.json()["code"]) == (400, "body.invalid"), name
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"

    assert len(SERVER_OWNED) >= 14
    assert await everything() == before


@pytest.mark.parametrize("write", WRITES)
async def test_the_same_body_without_such_a_field_is_understood(write, as_, cast):
    """Or the refusals above would prove nothing."""
    who, method, path, body = WRITES[write]
    ben = await Guardianship.get(account_id=cast.ben.id)
    url = path.replace(LEO, str(cast.leo.id)).replace(BEN, str(ben.id))

    answer = await as_(who or None).request(method, url, json=body)

    assert answer.status_code in (200, 201, 409, 410), answer.text
