"""The SMS channel as the settings want it; none where no provider is set."""

from backend.access.seal import Seal
from backend.reach.sms_receipts import receipts_address
from backend.settings import Settings
from notifications.channels.sms import SmsChannel, SmsProvider
from notifications.channels.sms_46elks import Elks
from notifications.channels.sms_twilio import Twilio


def sms_channel(settings: Settings, seal: Seal) -> SmsChannel | None:
    if not settings.sms_provider:
        return None
    receipts = receipts_address(settings, seal)
    made: SmsProvider
    if settings.sms_provider == "46elks":
        made = Elks(settings.sms_user, settings.sms_password, settings.sms_from, receipts)
    else:
        key = settings.sms_user, settings.sms_password
        made = Twilio(settings.twilio_account_sid, key, settings.sms_from, receipts)
    return SmsChannel(made, settings.sms_monthly_cap)
