"""CHANNELS: every way to reach a person. To add one, see notifications/README.md."""

from notifications.channels.console import ConsoleChannel
from notifications.channels.email import EmailChannel

CHANNELS = {"email": EmailChannel, "console": ConsoleChannel}
