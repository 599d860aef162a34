"""What one notice looks like on one channel: words in its reader's language, guarded, with the tag of its task."""

from dataclasses import dataclass, replace
from datetime import datetime

from models import Notice
from models.vocabulary import ChannelName, NoticeRank
from notifications.channels.base import Parcel
from notifications.local_time import local_date
from notifications.sending.relevance import Hearer
from notifications.tags import tag_of
from notifications.words.messages import Text, already_done_text, text_of
from notifications.words.privacy import refuse_clinical_content

LETTERS = frozenset({ChannelName.EMAIL, ChannelName.CONSOLE})
"""Where there is room to say why one gets this, and how to get it no more."""


@dataclass(frozen=True)
class Letterhead:
    """What all parcels of an installation have in common."""

    app_name: str
    study_codes: frozenset[str] = frozenset()

    def parcel(self, notice: Notice, hearer: Hearer, channel: str, now: datetime) -> Parcel:
        """Still without address. Raises ClinicalContent."""
        text = text_of(notice, hearer.account.language, self.app_name, local_date(now, hearer.clock.zone))
        return self._sealed(notice, hearer, self._guarded(text, hearer, channel), now)

    def already_done(self, notice: Notice, hearer: Hearer, channel: str, now: datetime) -> Parcel:
        """What takes the place of one that is shown, without a sound. Raises ClinicalContent."""
        text = already_done_text(hearer.account.language, self.app_name)
        sealed = self._sealed(notice, hearer, self._guarded(text, hearer, channel), now)
        return replace(sealed, urgent=False, silent=True)

    def _guarded(self, text: Text, hearer: Hearer, channel: str) -> tuple[str, str]:
        """Subject and body."""
        for part in (text.subject, text.body, text.footer):
            refuse_clinical_content(part, self.study_codes | hearer.codes)
        return text.subject, f"{text.body}\n\n{text.footer}\n" if channel in LETTERS else text.body

    def _sealed(self, notice: Notice, hearer: Hearer, words: tuple[str, str], now: datetime) -> Parcel:
        return Parcel(
            notice.id, "", *words, now, kind=notice.kind, until=notice.useless_after,
            tag=tag_of(notice.account_id, notice.kind, notice.subject_id), urgent=notice.rank < NoticeRank.OTHER,
            account_id=notice.account_id, devices=hearer.devices,
        )
