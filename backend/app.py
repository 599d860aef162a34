"""create_app(): the only list of what the world can ask of us."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException

from backend.access.authentication import authorise, provide_actor
from backend.accounts.email_routes import EmailController, PasswordResetController
from backend.accounts.routes import OwnAccountController, SessionController, public_keys
from backend.accounts.staff_routes import GuardianDevicesController, StaffController
from backend.adherence.routes import AdherenceController
from backend.adherence.work_item_routes import WorkItemController
from backend.adjudication.routes import AdjudicationController, FractureCountController
from backend.api_description import openapi_config
from backend.attachments.routes import AttachmentController
from backend.attachments.upload_routes import UploadController
from backend.border.answer_headers import keep_nowhere
from backend.border.problems import on_bug, on_study_error
from backend.border.sound_address import refuse_nul
from backend.border.strict_body import MAX_BODY, StrictRequest
from backend.calendar_feed.routes import CalendarFeedController, calendar
from backend.clock import provide_now, utc_now
from backend.consent.routes import ConsentController, ConsentDocumentController
from backend.console.pages import on_nowhere
from backend.console.routes import CONSOLE
from backend.coverage.routes import CoverageController
from backend.diary.code_routes import CodeController
from backend.diary.entry_routes import EntryController
from backend.diary.follow_up_routes import FollowUpController, PainFaceController
from backend.diary.on_behalf_routes import OnBehalfController
from backend.diary.quarantine_routes import QuarantineController
from backend.diary.routes import ProtocolController, SyncController
from backend.errors import StudyError
from backend.family_app.routes import FamilyPageController, front_page, led_page
from backend.forwarding.routes import DestinationController, OutboxMessageController
from backend.health import HealthController
from backend.inbox.routes import InboxController, PreferencesController
from backend.metrics import metrics
from backend.notes.routes import PrivateNoteController
from backend.participants.guardianship_routes import GuardianshipController
from backend.participants.invitation_routes import InvitationController
from backend.participants.routes import LinkingCodeController, ParticipantController
from backend.participants.status_routes import StatusController
from backend.problem_pages import all_problems, one_problem
from backend.reach.devices_routes import PushDeviceController, PushServicesController
from backend.reach.phone_routes import PhoneController
from backend.reach.sms_receipt_routes import SmsReceiptController
from backend.reach.unsubscribe_routes import UnsubscribeController
from backend.review.duplicates_routes import DuplicateController, SimilarEntriesController, SuggestionController
from backend.review.family_routes import FamilyQueryController
from backend.review.routes import QueryClosureController, ReviewController, WorklistController
from backend.safety.duty_routes import DutyController
from backend.safety.routes import SafetyCaseController, SafetyNoticeController
from backend.sandbox import following
from backend.sandbox_routes import SandboxController
from backend.traffic import Traffic, watch
from backend.visits.anchor_routes import AnchorDayController
from backend.visits.dose_routes import DoseController
from backend.visits.routes import ScheduleController, VisitController
from backend.wiring import Wiring, close_channels, prepare_study, provide_wiring
from models.database import close_database, open_database

CONTROLLERS: list[Any] = [
    HealthController, metrics, SandboxController, all_problems, one_problem,
    SessionController, OwnAccountController, StaffController, GuardianDevicesController, public_keys,
    EmailController, PasswordResetController,
    ParticipantController, LinkingCodeController, GuardianshipController, StatusController,
    InvitationController, PrivateNoteController,
    ConsentController, ConsentDocumentController,
    ProtocolController, CodeController, SyncController, EntryController, OnBehalfController, QuarantineController,
    FollowUpController, PainFaceController,
    WorklistController, ReviewController, QueryClosureController, FamilyQueryController,
    DuplicateController, SuggestionController, SimilarEntriesController,
    AdjudicationController, FractureCountController,
    SafetyNoticeController, SafetyCaseController, DutyController,
    DestinationController, OutboxMessageController,
    FamilyPageController, led_page, front_page,
    *CONSOLE,
    CalendarFeedController, calendar,
    InboxController, PreferencesController, ScheduleController, VisitController, DoseController, AnchorDayController,
    CoverageController, AdherenceController, WorkItemController,
    PhoneController, UnsubscribeController, SmsReceiptController, PushDeviceController, PushServicesController,
    AttachmentController, UploadController,
]


def create_app(wiring: Wiring, *, opens_database: bool = True) -> Litestar:
    """The application; with `opens_database=False` the caller has opened it already (tests, demo)."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        if not opens_database:
            yield
            return
        await open_database(wiring.settings.database_url, wiring.settings.database_pool)
        try:
            await prepare_study(wiring, utc_now())
            yield
        finally:
            await close_channels(wiring)
            await close_database()

    traffic = Traffic()
    app = Litestar(
        route_handlers=CONTROLLERS,
        guards=[refuse_nul, authorise],
        dependencies={"actor": Provide(provide_actor), "now": Provide(provide_now),
                      "wiring": Provide(provide_wiring)},
        exception_handlers={
            StudyError: on_study_error, HTTPException: on_nowhere, Exception: on_bug,
        },
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1024, gzip_compress_level=5),
        openapi_config=openapi_config(wiring.settings, CONTROLLERS),
        lifespan=[lifespan],
        before_send=[keep_nowhere, traffic.answered],
        debug=False,  # whatever the environment says
        logging_config=None,
    )
    app.state.wiring = wiring
    if wiring.settings.sandbox:
        app.asgi_handler = following(app.asgi_handler)
    watch(app, traffic)
    return app
