"""Strict stand-ins of 46elks and Twilio: what their API documentation refuses they refuse, and they tell receipts.

An `answers` entry is what one request gets instead: a status, a body and headers, or an exception of the network.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qsl

import httpx

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,10}")
ACCOUNT = "AC" + "0123456789abcdef" * 2
SERVICE = "MG" + "fedcba9876543210" * 2
AUTH_TOKEN = "a token of a made-up account"
USER, PASSWORD = "u-made-up", "p&ss word"


@dataclass
class Provider:
    """What both have in common; `sent` is what they took: (their id, fields)."""

    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[httpx.Response | Exception] = field(default_factory=list)
    asked: int = 0
    ids: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle)

    @property
    def texts(self) -> list[str]:
        return [form.get("message") or form["Body"] for _, form in self.sent]

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        planned = self.answers.pop(0) if self.answers else None
        if isinstance(planned, Exception):
            raise planned
        return planned or self.judge(request)

    def judge(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError


def fields(request: httpx.Request) -> dict[str, str] | None:
    """None unless it is a form that names nothing twice."""
    if request.headers["content-type"] != "application/x-www-form-urlencoded":
        return None
    pairs = parse_qsl(request.content.decode(), keep_blank_values=True, strict_parsing=True)
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def signed_in(request: httpx.Request) -> bool:
    wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {wanted}"


class Elks46(Provider):
    MAY = {"from", "to", "message", "whendelivered", "dontlog", "dryrun"}

    def judge(self, request: httpx.Request) -> httpx.Response:
        if (request.method, str(request.url)) != ("POST", "https://api.46elks.com/a1/sms"):
            return httpx.Response(404, text="Not found")
        if not signed_in(request):
            return httpx.Response(401, text="Authentication failed")
        if fault := self.fault(fields(request)):
            return httpx.Response(400, text=fault)
        form, name = fields(request), f"s{self.ids():032x}"
        if form.get("dryrun") == "yes":
            return httpx.Response(200, json={"status": "created", "message": form["message"], "parts": 1})
        self.sent.append((name, form))
        return httpx.Response(200, json={"id": name, "status": "created", "direction": "outgoing", "to": form["to"],
                                         "from": form["from"], "message": "", "cost": 3500})

    def fault(self, form: dict[str, str] | None) -> str:
        if form is None or form.keys() - self.MAY or not {"from", "to", "message"} <= form.keys():
            return "Unknown, missing or repeated key"
        if not (NUMBER.fullmatch(form["from"]) or NAME.fullmatch(form["from"])):
            return 'Invalid value for key "from"'
        if not NUMBER.fullmatch(form["to"]):
            return 'Invalid value for key "to"'
        if not form["message"] or form.get("dontlog", "message") != "message":
            return "Invalid message"
        return "" if form.get("whendelivered", "https://x").startswith("https://") else "Callbacks need https"

    async def report(self, client: httpx.AsyncClient, name: str, status: str, *, tries: int = 5) -> list[int]:
        """POST as they do: again and again until 200–204; the statuses they got."""
        address = httpx.URL(next(form for sent, form in self.sent if sent == name)["whendelivered"])
        told = {"id": name, "status": status}
        if status == "delivered":
            told["delivered"] = "2026-05-20T07:00:04.123456"
        got: list[int] = []
        while len(got) < tries and not (got and 200 <= got[-1] <= 204):
            got.append((await client.post(address.path, data=told)).status_code)
        return got


class TwilioApi(Provider):
    MAY = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"}

    def judge(self, request: httpx.Request) -> httpx.Response:
        wanted = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        if (request.method, str(request.url)) != ("POST", wanted):
            return self.refused(404, 20404)
        if not signed_in(request):
            return self.refused(401, 20003)
        form = fields(request)
        if code := self.fault(form):
            return self.refused(400, code)
        name = f"SM{self.ids():032x}"
        self.sent.append((name, form))
        return httpx.Response(201, json={"sid": name, "status": "queued", "num_segments": "1", "error_code": None,
                                         "to": form["To"], "body": form["Body"]})

    def refused(self, status: int, code: int, **headers: str) -> httpx.Response:
        body = {"code": code, "message": "The number +46701740605 …", "status": status,
                "more_info": f"https://www.twilio.com/docs/errors/{code}"}
        return httpx.Response(status, json=body, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def fault(self, form: dict[str, str] | None) -> int:
        if form is None or form.keys() - self.MAY or len(form.keys() & {"From", "MessagingServiceSid"}) != 1:
            return 20001
        if not NUMBER.fullmatch(form.get("To", "")):
            return 21211
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        if not (NUMBER.fullmatch(sender) or NAME.fullmatch(sender) or re.fullmatch(r"MG[0-9a-f]{32}", sender)):
            return 21212
        if not form.get("Body") or len(form["Body"]) > 1600:
            return 21617
        if not form.get("StatusCallback", "https://x").startswith("https://"):
            return 21609
        return 0 if 1 <= int(form.get("ValidityPeriod", "1")) <= 36_000 else 21624

    async def report(
        self, client: httpx.AsyncClient, name: str, status: str, code: str = "", *, token: str = AUTH_TOKEN
    ) -> int:
        """POST once, signed; the status they got."""
        form = next(form for sent, form in self.sent if sent == name)
        told = {"MessageSid": name, "SmsSid": name, "AccountSid": ACCOUNT, "MessageStatus": status, "SmsStatus": status,
                "To": form["To"], "ApiVersion": "2010-04-01", "From": "+46766861004", "RawDlrDoneDate": "",
                **({"ErrorCode": code} if code else {})}
        base = form["StatusCallback"] + "".join(f"{key}{told[key]}" for key in sorted(told))
        shown = base64.b64encode(hmac.new(token.encode(), base.encode(), hashlib.sha1).digest()).decode()
        address = httpx.URL(form["StatusCallback"])
        answer = await client.post(address.path, data=told, headers={"X-Twilio-Signature": shown})
        return answer.status_code
