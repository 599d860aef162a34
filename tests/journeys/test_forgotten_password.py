"""A mother with a new phone has forgotten her password: from the sign-in screen by a real mail back into the diary."""

import re
from dataclasses import replace

import msgspec

from backend.access.passwords import hash_password
from backend.accounts.mails import send_account_mails
from backend.clock import utc_now
from backend.wiring import channels
from tests.cast import PASSWORD
from tests.mail_server import MailServer, running

NEW = "eleven green bicycles by the sea"


async def test_from_forgotten_password_by_mail_back_into_the_diary(as_, cast, study):
    box = MailServer()
    async with running(box) as port:
        by_mail = channels(msgspec.structs.replace(study.settings, smtp_url=f"smtp://127.0.0.1:{port}"))
        worker = replace(study, channels=by_mail)
        await cast.mia.account.update_from_dict({"password_hash": await hash_password(PASSWORD)}).save()
        old_phone, new_phone = as_("mia"), as_()
        sign_in = {"email": "mia@example.org", "password": PASSWORD, "device_name": "Mia's tablet"}
        tablet = (await as_().post("/api/v1/sessions", json=sign_in)).json()
        await send_account_mails(worker, utc_now())  # whatever that sign-in had to tell her
        box.mails.clear()

        # On the new phone she asks for a link; so does somebody for an address that nobody has.
        for email in ("mia@example.org", "stranger@example.org"):
            assert (await new_phone.post("/api/v1/password-resets", json={"email": email})).status_code == 202
        assert await send_account_mails(worker, utc_now()) == 1
        ((envelope, mail),) = box.mails
        assert envelope.rcpt_tos == ["mia@example.org"]
        token = re.search(r"http://localhost:8000/reset-password#(\S+)", mail.get_body(["plain"]).get_content())[1]

        # She chooses a new password. The lost phone and the tablet are signed out at once.
        assert (await old_phone.get("/api/v1/me")).status_code == 200
        chosen = await new_phone.post("/api/v1/password-resets/completion", json={"token": token, "password": NEW})
        assert chosen.status_code == 200, chosen.text
        assert (await old_phone.get("/api/v1/me")).status_code == 401
        kept = {"refresh_token": tablet["refresh_token"]}
        assert (await as_().post("/api/v1/sessions/refresh", json=kept)).status_code == 401

        # With the new one she is in, and a second mail tells her of the change.
        entered = await new_phone.post("/api/v1/sessions", json={**sign_in, "password": NEW})
        assert entered.status_code == 201, entered.text
        own = {"Authorization": f"Bearer {entered.json()['access_token']}"}
        me = (await new_phone.get("/api/v1/me", headers=own)).json()
        assert [child["code"] for child in me["participants"]] == ["SE01-001"]
        await send_account_mails(worker, utc_now())
        assert "Diary: your password was changed" in [str(told["Subject"]) for _, told in box.mails]
