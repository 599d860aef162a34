"""`serve` with a certificate of its own: a phone that trusts the authority uses the family page over TLS."""

import asyncio
import base64
import hashlib
import ssl

import httpx
import msgspec
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.backend.family_app.conftest import CHROMIUM, FLAGS
from tests.cast import PASSWORD, assemble_in
from tests.processes import free_port, started, until


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trust(authority) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def issued(authority) -> trustme.LeafCert:
    return authority.issue_cert("localhost")


@pytest.fixture
def site(settings, issued, trust, tmp_path):
    """A running server with its certificate; the answer is its address."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.private_key_pem.write_to_path(key)
    issued.cert_chain_pems[0].write_to_path(cert)
    key.chmod(0o600)
    port = free_port()
    home = f"https://localhost:{port}"
    own = msgspec.structs.replace(settings, public_url=home, tls_cert_file=str(cert), tls_key_file=str(key))
    asyncio.run(assemble_in(own))
    with started(own, "serve", "--port", str(port)) as process:
        until(lambda: _answers(home, trust), process)
        yield home


def _answers(home, trust) -> bool:
    try:
        return httpx.get(f"{home}/health/ready", verify=trust).status_code == 200
    except httpx.TransportError:
        return False


def test_family_signs_in_over_tls_with_a_cookie_for_tls_only(site, trust):
    with httpx.Client(base_url=site, verify=trust) as phone:
        page = phone.get("/app/")
        credentials = {"email": "mia@example.org", "password": PASSWORD, "kind": "browser"}
        signed_in = phone.post("/api/v1/sessions", json=credentials, headers={"Sec-Fetch-Site": "same-origin"})
        me = phone.get("/api/v1/me")

    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert signed_in.status_code in (200, 201), signed_in.text
    cookie = signed_in.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
    assert me.status_code == 200, me.text


def test_who_does_not_trust_the_authority_gets_no_answer(site):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{site}/health/live")


def test_plain_http_gets_no_answer(site):
    with pytest.raises(httpx.TransportError):
        httpx.get(site.replace("https", "http") + "/health/live")


@pytest.mark.browser
def test_phone_keeps_the_page_for_offline_use_over_tls(site, issued, tmp_path):
    """A service worker is installed on trusted TLS only; the browser here trusts exactly this key."""
    binary = next((path for path in CHROMIUM if path.exists()), None)
    if binary is None:
        pytest.skip("no Chromium here")
    pin = "--ignore-certificate-errors-spki-list=" + _fingerprint(issued)
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")
    with playwright.sync_playwright() as started_browser:
        context = started_browser.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=str(binary), args=[*FLAGS, pin], headless=True,
        )
        page = context.pages[0]
        page.goto(f"{site}/app/")
        page.get_by_label("E-mail").fill("mia@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator(".home").wait_for()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        context.close()

    assert cookies["__Host-session"]["secure"] is True


def _fingerprint(issued: trustme.LeafCert) -> str:
    """Chromium's name of a public key: base64 of its SHA-256."""
    certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    public = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode()
