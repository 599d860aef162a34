"""CHANNELS: every way to reach a person. To add one, see notifications/README.md."""

from notifications.channels.console import ConsoleChannel
from notifications.channels.email import EmailChannel
from notifications.channels.push import PushChannel
from notifications.channels.sms import SmsChannel

CHANNELS = {"push": PushChannel, "email": EmailChannel, "sms": SmsChannel, "console": ConsoleChannel}
