"""HTTP in and out of the inbox and one's own preferences."""

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.inbox.notices import inbox_of, language_of, mark_read, unread
from backend.inbox.preferences import change_preferences, own_preferences
from backend.inbox.schemas import Inbox, NoticeView, Preferences
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
        language, app_name = await language_of(actor), wiring.settings.app_name
        views = [NoticeView.of(notice, language, app_name) for notice in page.items]
        return Inbox(await unread(actor, now), views, page.next_cursor)

    @post("/{notice_id:uuid}/reading", operation_id="MarkNoticeRead", action=Action.INBOX_MARK, status_code=204)
    async def read(self, actor: CurrentActor, notice_id: FromPath[UUID], now: Now) -> None:
        """Note that a notice was read."""
        await mark_read(actor, notice_id, now)


class PreferencesController(Controller):
    path = "/api/v1/me/preferences"
    tags = ["inbox"]

    @get("/", operation_id="ReadPreferences", action=Action.INBOX_READ)
    async def show(self, actor: CurrentActor) -> Preferences:
        """Read how one is told of things, and when not."""
        return await own_preferences(actor)

    @put("/", operation_id="ChangePreferences", action=Action.PREFERENCES_CHANGE)
    async def change(self, actor: CurrentActor, data: JSONBody[Preferences], now: Now) -> Preferences:
        """Choose how to be told of things, and when not."""
        return await change_preferences(actor, data, now)
