"""HTTP in and out of consent: texts, and what was said to them."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.consent.adding import add_document, document_of, documents_of, site_codes
from backend.consent.languages import missing_languages
from backend.consent.reading import consents_of, text_for
from backend.consent.schemas import (
    Consents,
    DocumentView,
    ListedDocument,
    NewConsentDocument,
    PaperSignature,
    SignatureView,
    Signing,
)
from backend.consent.signing import record_on_paper, sign
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring
from models.actions import Action


class ConsentDocumentController(Controller):
    path = "/api/v1/consent-documents"
    tags = ["consent"]

    @post("/", operation_id="AddConsentDocument", action=Action.CONSENT_DOCUMENT_ADD)
    async def add(
        self, actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[NewConsentDocument], now: Now
    ) -> ListedDocument:
        """Add one version of a text in one language, for one's own site or, working for the study, for all."""
        document, site = await add_document(actor, wiring.protocol, data, now)
        missing = await missing_languages([document], now)
        return ListedDocument.lacking(document, site.code if site else None, missing[document.id])

    @get("/", operation_id="ListConsentDocuments", action=Action.CONSENT_DOCUMENT_READ)
    async def show_all(
        self, actor: CurrentActor, now: Now, cursor: FromQuery[str | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
    ) -> Page[ListedDocument]:
        """List all versions of the texts of one's sites, without the texts."""
        page, codes = await documents_of(actor, cursor, limit)
        missing = await missing_languages(page.items, now)
        return Page([ListedDocument.lacking(row, codes.get(row.site_id) if row.site_id else None, missing[row.id])
                     for row in page.items], page.next_cursor)

    @get("/{document_id:uuid}", operation_id="ReadConsentDocument", action=Action.CONSENT_DOCUMENT_READ)
    async def show(self, actor: CurrentActor, document_id: FromPath[UUID]) -> DocumentView:
        """Read one text word for word."""
        document = await document_of(actor, document_id)
        return DocumentView.whole(document, (await site_codes()).get(document.site_id) if document.site_id else None)


class ConsentController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["consent"]

    @get("/consents", operation_id="ReadConsents", action=Action.CONSENT_READ)
    async def show(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Consents:
        """See which texts are in force, who has signed, who is missing, and all that was ever signed."""
        return await consents_of(actor, wiring.protocol, participant_id, now)

    @get("/consent-documents/{document_id:uuid}", operation_id="ReadConsentText", action=Action.CONSENT_READ)
    async def text(
        self, participant_id: FromPath[UUID], document_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> DocumentView:
        """Read a text that concerns this participant, word for word."""
        return await text_for(actor, participant_id, document_id, now)

    @post("/consents", operation_id="SignConsent", action=Action.CONSENT_SIGN, step_up=True)
    async def sign(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, data: JSONBody[Signing],
        now: Now,
    ) -> SignatureView:
        """Say yes or no to a text in force, as a custodian or as the participant."""
        return SignatureView.of(*await sign(actor, wiring.protocol, participant_id, data, now))

    @post("/paper-consents", operation_id="RecordConsent", action=Action.CONSENT_RECORD)
    async def record(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring,
        data: JSONBody[PaperSignature], now: Now,
    ) -> SignatureView:
        """Write down what somebody decided on paper, or what the child said."""
        return SignatureView.of(*await record_on_paper(actor, wiring.protocol, participant_id, data, now))
