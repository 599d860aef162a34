"""HTTP in and out of the inbox and one's own preferences."""

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.inbox.notices import inbox_of, notice_of, unread, views_of
from backend.inbox.preference_schemas import Preferences, PreferencesChange
from backend.inbox.preferences import change_preferences, own_preferences
from backend.inbox.reader import mark_read, note_receipt, put_off
from backend.inbox.schemas import Inbox, NoticeView, ReceiptNote, Snoozed, SnoozeWish
from backend.paging import DEFAULT_LIMIT
from backend.wiring import CurrentWiring
from models.actions import Action


class InboxController(Controller):
    path = "/api/v1/inbox"
    tags = ["inbox"]

    @get("/", operation_id="ReadInbox", action=Action.INBOX_READ)
    async def show(
        self, actor: CurrentActor, wiring: CurrentWiring, now: Now, cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Inbox:
        """Read one's own notices, newest first, in one's own language."""
        page = await inbox_of(actor, cursor, limit, now)
        views = await views_of(actor, page.items, wiring.settings.app_name, now)
        return Inbox(await unread(actor, now), views, page.next_cursor)

    @get("/{notice_id:uuid}", operation_id="ReadNotice", action=Action.INBOX_READ)
    async def one(
        self, actor: CurrentActor, wiring: CurrentWiring, notice_id: FromPath[UUID], now: Now
    ) -> NoticeView:
        """Read one notice, such as an old one that was tapped: whether it still waits, is done, or is over."""
        notice = await notice_of(actor, notice_id, now)
        return (await views_of(actor, [notice], wiring.settings.app_name, now))[0]

    @post("/{notice_id:uuid}/reading", operation_id="MarkNoticeRead", action=Action.INBOX_MARK, status_code=204)
    async def read(self, actor: CurrentActor, notice_id: FromPath[UUID], now: Now) -> None:
        """Note that a notice was read."""
        await mark_read(actor, notice_id, now)

    @post("/{notice_id:uuid}/snooze", operation_id="SnoozeNotice", action=Action.NOTICE_SNOOZE, status_code=200)
    async def snooze(
        self, actor: CurrentActor, notice_id: FromPath[UUID], data: JSONBody[SnoozeWish], now: Now
    ) -> Snoozed:
        """Be told of it later, but not too late; until then it is out of the way."""
        later = await put_off(actor, notice_id, data.until, now)
        return Snoozed(later.id, later.due_at)

    @post("/{notice_id:uuid}/receipt", operation_id="NoteNoticeReceipt", action=Action.NOTICE_RECEIPT, status_code=204)
    async def receipt(
        self, actor: CurrentActor, notice_id: FromPath[UUID], data: JSONBody[ReceiptNote], now: Now
    ) -> None:
        """Note that this phone showed a notice, or that it was opened from there."""
        await note_receipt(actor, notice_id, data, now)


class PreferencesController(Controller):
    path = "/api/v1/me/preferences"
    tags = ["inbox"]

    @get("/", operation_id="ReadPreferences", action=Action.INBOX_READ)
    async def show(self, actor: CurrentActor, now: Now) -> Preferences:
        """Read how one is told of things, when not, and by what one can be reached."""
        return await own_preferences(actor, now)

    @put("/", operation_id="ChangePreferences", action=Action.PREFERENCES_CHANGE)
    async def change(self, actor: CurrentActor, data: JSONBody[PreferencesChange], now: Now) -> Preferences:
        """Choose how to be told of things, and when not; what is left out stays as it is."""
        return await change_preferences(actor, data, now)
