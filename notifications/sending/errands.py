"""From a verdict to what leaves: which channels one notice goes to now, or how it goes on if to none."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models import Notice, NoticeAttempt
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.channels.base import Channel, Reach
from notifications.sending.endings import WAITS, Work, after_replacing, after_tries
from notifications.sending.fallback import MAY_BE_SHOWN, turn_of
from notifications.sending.hand_over import Errand
from notifications.sending.parcels import Letterhead
from notifications.sending.relevance import Enough, Hearer, Judge, Later, Replace, Tell, Void
from notifications.sending.writing import GoingOn
from notifications.wishes import channels_wanted


@dataclass(frozen=True)
class Desk:
    """Where one batch is made ready; `works` and `errands` are what has been so far."""

    channels: Sequence[Channel]
    head: Letterhead
    judge: Judge
    works: list[Work] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)

    def take(self, notice: Notice) -> GoingOn | None:
        """Make ready what is to leave; the answer is how it goes on if nothing is. Raises ClinicalContent."""
        match self.judge.verdict(notice):
            case Void(reason):
                return GoingOn(notice, DeliveryState.CANCELLED, last_error=reason, supersedes=WAITS)
            case Enough():
                return GoingOn(notice, DeliveryState.DELIVERED, last_error=notice.last_error, supersedes=WAITS)
            case Later(due_at):
                return GoingOn(notice, DeliveryState.QUEUED, due_at, notice.last_error, claimed_in_vain=True)
            case Replace(hearer, reason):
                return self._take_back(self._work(notice, hearer, reason))
            case Tell(hearer):
                return self._tell(self._work(notice, hearer))

    def _work(self, notice: Notice, hearer: Hearer, reason: str | None = None) -> Work:
        wanted, reach = channels_wanted(hearer.preference, notice.kind), _reach(hearer)
        reached = [channel for channel in self.channels if _wish(channel) in wanted and channel.address_of(reach)]
        reached.sort(key=lambda channel: [*map(str, wanted)].index(_wish(channel)))
        tried = dict(self.judge.known.tried.get(notice.id, {}))
        return Work(notice, hearer, tuple(channel.name for channel in reached), tried, reason)

    def _tell(self, work: Work) -> GoingOn | None:
        notice, judge = work.notice, self.judge
        turn = turn_of(work.reached, work.tried, notice.told_at, judge.now, judge.rule)
        if not turn.channels:
            return after_tries(work, {}, judge.rule, judge.now)
        self._send_out(work, turn.channels)
        for name in turn.channels:
            attempt = work.tried.setdefault(name, NoticeAttempt(notice_id=notice.id, channel=name, tries=0))
            attempt.state, attempt.tries = AttemptState.SENT, attempt.tries + 1
        if not notice.told_at:  # a step of the fallback is the same notice
            judge.note_told(notice)
        return None

    def _take_back(self, work: Work) -> GoingOn | None:
        able = {channel.name for channel in self.channels if channel.replaces}
        shown = [name for name in work.reached if name in able and name in work.tried
                 and work.tried[name].state in MAY_BE_SHOWN]
        if not shown:
            return after_replacing(work, [], self.judge.now)
        self._send_out(work, shown)
        return None

    def _send_out(self, work: Work, names: Sequence[str]) -> None:
        write = self.head.already_done if work.taken_back else self.head.parcel
        ready = []
        for channel in self.channels:
            if channel.name in names and (address := channel.address_of(_reach(work.hearer))):
                parcel = write(work.notice, work.hearer, channel.name, self.judge.now)
                ready.append(Errand(work.notice, channel, replace(parcel, address=address), bool(work.taken_back)))
        self.errands.extend(ready)
        self.works.append(work)


def _reach(hearer: Hearer) -> Reach:
    return Reach(hearer.account, hearer.preference, hearer.devices)


def _wish(channel: Channel) -> str:
    """The console stands in for e-mail."""
    return ChannelName.EMAIL if channel.name == ChannelName.CONSOLE else channel.name
