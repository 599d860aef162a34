"""By which channels a person wants to be told of one kind of thing, and in which order (pure)."""

from models import NoticePreference
from models.vocabulary import ChannelName, NoticeKind

USUAL_ORDER = (ChannelName.PUSH, ChannelName.EMAIL, ChannelName.SMS)


def channels_wanted(preference: NoticePreference, kind: NoticeKind) -> list[ChannelName]:
    """In the order in which they are tried while nobody has looked; none = the inbox alone tells."""
    on = {ChannelName.PUSH: preference.push_on, ChannelName.EMAIL: preference.email_on,
          ChannelName.SMS: preference.sms_on}
    order = [ChannelName(name) for name in preference.fallback] or list(USUAL_ORDER)
    chosen = preference.by_kind.get(kind)
    return [name for name in order if on.get(name) and (chosen is None or name in chosen)]
