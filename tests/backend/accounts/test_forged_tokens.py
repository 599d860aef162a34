"""Access tokens that are not ours, not whole or not in time: all 401, with the same words."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.access.keys import LOOKED_AGAIN_AFTER, SIGNS_AFTER, Keyring, rotate_signing_key

URL = "/api/v1/me"


def part(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
async def mint(cast, study, now):
    """`mint(claims={…}, header={…}, without="exp")`: a token with our real key, right but for what is named."""
    kid, key = await study.tokens.keyring.current(now)
    real = jwt.decode(cast.mia.token, options={"verify_signature": False})

    def make(*, claims=None, header=None, without=None, key=key, algorithm="ES256"):
        body = real | (claims or {})
        body.pop(without, None)
        head = {"alg": algorithm, "kid": kid, "typ": "at+jwt"} | (header or {})
        signed = f"{part(head)}.{part(body)}"
        if algorithm == "none":
            return signed + "."
        if algorithm == "HS256":
            return f"{signed}.{part(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"
        signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signed.encode(), key)
        return f"{signed}.{part(signature)}"

    return make


async def status(as_, token):
    answer = await as_().get(URL, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == 401:
        assert answer.json()["code"] == "not_signed_in"
        assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code


async def test_token_minted_right_is_accepted(as_, mint):
    assert await status(as_, mint()) == 200  # or the tests below would prove nothing


@pytest.mark.parametrize("wrong", [
    pytest.param({"algorithm": "none"}, id="alg none"),
    pytest.param({"claims": {"aud": "another-study"}}, id="wrong aud"),
    pytest.param({"claims": {"iss": "https://evil.example"}}, id="wrong iss"),
    pytest.param({"claims": {"typ": "refresh"}}, id="typ refresh"),
    pytest.param({"header": {"typ": "JWT"}}, id="header typ"),
    pytest.param({"header": {"kid": "unknown"}}, id="unknown kid"),
    pytest.param({"header": {"kid": None}}, id="no kid"),
    pytest.param({"header": {"crit": ["x"], "x": 1}}, id="crit"),
    *[pytest.param({"without": claim}, id=f"no {claim}") for claim in ("iss", "aud", "sub", "iat", "exp", "jti",
                                                                       "sid", "typ")],
    pytest.param({"claims": {"exp": "9999999999"}}, id="exp as text"),
    pytest.param({"claims": {"exp": 9999999999}}, id="lives too long"),
    pytest.param({"claims": {"exp": 1e300}}, id="exp huge"),
    pytest.param({"claims": {"exp": True}}, id="exp boolean"),
    pytest.param({"claims": {"sub": "not an id"}}, id="sub no id"),
    pytest.param({"claims": {"sub": str(uuid4())}}, id="somebody else's sub"),
    pytest.param({"claims": {"sid": str(uuid4())}}, id="unknown session"),
])
async def test_token_that_is_wrong_in_one_thing_is_refused(as_, mint, wrong):
    assert await status(as_, mint(**wrong)) == 401


async def test_token_over_or_not_begun_is_refused(as_, mint, now):
    begun = int((now - timedelta(minutes=20)).timestamp())
    assert await status(as_, mint(claims={"iat": begun, "exp": begun + 900})) == 401
    begins = int((now + timedelta(minutes=5)).timestamp())
    assert await status(as_, mint(claims={"iat": begins, "exp": begins + 900})) == 401


async def test_expiry_as_a_fraction_is_refused(as_, mint, now):
    assert await status(as_, mint(claims={"exp": int(now.timestamp()) + 60.5})) == 401


async def test_public_key_used_as_a_shared_secret_is_refused(as_, mint, study, now):
    _, key = await study.tokens.keyring.current(now)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert await status(as_, mint(key=pem, algorithm="HS256")) == 401


async def test_token_signed_with_another_key_or_altered_is_refused(as_, mint, cast):
    assert await status(as_, mint(key=ec.generate_private_key(ec.SECP256R1()))) == 401
    head, body, signature = mint().split(".")
    other = part(jwt.decode(cast.ben.token, options={"verify_signature": False}))
    for forged in (f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}.{body}", "x", "." * 3, "x" * 9000):
        assert await status(as_, forged) == 401


async def test_key_in_the_header_is_not_believed(as_, mint):
    own = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
    assert await status(as_, mint(key=own, header={"jwk": jwk})) == 401


async def test_token_in_the_query_string_is_not_looked_at(as_, cast):
    answer = await as_().get(URL, params={"access_token": cast.mia.token, "token": cast.mia.token})
    assert answer.status_code == 401


async def test_refresh_token_is_no_access_token(as_, cast):
    assert await status(as_, f"{cast.mia.session.id.hex}.1.secret") == 401


async def test_old_key_verifies_for_a_while_after_rotation_and_both_are_published(as_, mint, study, now):
    before = mint()
    await rotate_signing_key(study.seal, now)

    keys = (await as_().get("/.well-known/jwks.json")).json()["keys"]

    assert len(keys) == 2
    assert all(key["alg"] == "ES256" and "d" not in key for key in keys)
    assert await status(as_, before) == 200
    await study.tokens.keyring.load(now + timedelta(minutes=21))
    study.tokens._seen.clear()
    assert await status(as_, before) == 401


@pytest.mark.parametrize("late", [timedelta(0), LOOKED_AGAIN_AFTER, SIGNS_AFTER, SIGNS_AFTER + timedelta(minutes=2)])
async def test_no_process_signs_with_a_key_that_another_can_not_know_yet(study, now, late):
    """A flood of made-up keys lets a process look again only once a second."""
    signing, checking, now = Keyring(study.seal), Keyring(study.seal), now + timedelta(minutes=1)
    old, _ = await signing.current(now)
    await checking.load(now + timedelta(milliseconds=1))
    new = (await rotate_signing_key(study.seal, now + timedelta(milliseconds=2))).kid
    await signing.load(now + timedelta(milliseconds=3) + late)

    signed_with, _ = await signing.current(now + timedelta(milliseconds=4) + late)

    assert await checking.public_key(signed_with, now + timedelta(milliseconds=5) + late) is not None
    assert signed_with == (new if late >= SIGNS_AFTER else old)
