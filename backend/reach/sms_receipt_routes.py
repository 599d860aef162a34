"""HTTP in of what SMS providers tell us: quickly answered, and the same however often it is told."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, Request, post
from litestar.params import FromPath

from backend.border.strict_body import SMALL_BODY
from backend.clock import Now
from backend.errors import MalformedBody, NotFound
from backend.reach.sms_receipts import Fields, is_elks, is_twilio, note_receipt
from backend.wiring import CurrentWiring

MOST_FIELDS = 60
AnyRequest = Request[Any, Any, Any]


class SmsReceiptController(Controller):
    """A receipt may be quicker than our own note of what was sent: 404 then, and the provider tells it again."""

    path = "/sms-receipts"
    include_in_schema = False

    @post("/46elks/{secret:str}", public=True, status_code=204, request_max_body_size=SMALL_BODY)
    async def elks(self, request: AnyRequest, wiring: CurrentWiring, secret: FromPath[str], now: Now) -> None:
        """Take a delivery report of 46elks."""
        if wiring.settings.sms_provider != "46elks" or not is_elks(wiring.seal, secret):
            raise NotFound
        told = dict(await _fields(request))
        if not await note_receipt(told.get("id", ""), told.get("status", ""), "", now):
            raise NotFound

    @post("/twilio", public=True, status_code=204, request_max_body_size=SMALL_BODY)
    async def twilio(self, request: AnyRequest, wiring: CurrentWiring, now: Now) -> None:
        """Take a status callback of Twilio."""
        settings, fields = wiring.settings, await _fields(request)
        shown = request.headers.get("x-twilio-signature", "")
        if settings.sms_provider != "twilio" or not is_twilio(settings, wiring.seal, shown, fields):
            raise NotFound
        told = dict(fields)
        code = told.get("ErrorCode", "")
        if not await note_receipt(told.get("MessageSid", ""), told.get("MessageStatus", ""), code, now):
            raise NotFound


async def _fields(request: AnyRequest) -> Fields:
    """Raises MalformedBody."""
    try:
        text = (await request.body()).decode()
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise MalformedBody("The body is not a form") from None
    if any("\0" in name + value for name, value in fields):
        raise MalformedBody("The body is not a form")
    return fields
