"""One row in every table that families, consent and sign-in brought (migrations 0003–0007), new columns set."""

import hashlib
from datetime import date

from models import (
    Account,
    AccountMail,
    ConsentDocument,
    ConsentSignature,
    Dose,
    Guardianship,
    LinkingCode,
    MailedLink,
    Participant,
    ParticipantStatus,
    PrivateNote,
    QuarantinedItem,
    Session,
    Study,
)
from models.fields import new_id
from models.vocabulary import (
    Capability,
    ConsentAudience,
    ConsentDecision,
    ConsentMethod,
    DoseRoute,
    LinkPurpose,
    MailKind,
    ParticipantState,
    Relation,
    Role,
    SessionKind,
    StatusReason,
)
from tests.models.rows import NOON

TABLES = ("mailed_link", "account_mail", "private_note", "participant_status", "consent_document", "consent_signature",
          "dose", "session", "guardianship", "linking_code", "quarantined_item", "study")


async def one_of_each_of_people(mia: Account, leo: Participant) -> None:
    """Mia, her session, her guardianship of Leo, and what can be said about him since."""
    await MailedLink.create(account=mia, purpose=LinkPurpose.VERIFY_EMAIL, email="mia@example.org", token_hash="h",
                            created_at=NOON, expires_at=NOON)
    await AccountMail.create(account=mia, kind=MailKind.VERIFY_EMAIL, address="mia@example.org", due_at=NOON,
                             created_at=NOON)
    await PrivateNote.create(account=mia, participant=leo, sealed_text="sealed", created_at=NOON, changed_at=NOON)
    await ParticipantStatus.create(participant=leo, seq=2, state=ParticipantState.PAUSED, effective_on=NOON.date(),
                                   reason=StatusReason.HOLIDAY, recorded_by_id=mia.id, recorded_at=NOON)
    document = await ConsentDocument.create(
        code="guardian-information", version="1", audience=ConsentAudience.CUSTODIAN, language="sv", title="T",
        body="Text", body_hash=hashlib.sha256(b"Text").hexdigest(), valid_from=NOON, created_by_id=mia.id,
        created_at=NOON,
    )
    await ConsentSignature.create(
        participant=leo, seq=3, document=document, document_hash=document.body_hash, relation=Relation.MOTHER,
        decision=ConsentDecision.GIVEN, method=ConsentMethod.PAPER, signed_at=NOON, recorded_by_id=mia.id,
        recorded_at=NOON,
    )
    await Dose.create(participant=leo, seq=4, number=1, given_on=date(2026, 2, 10), route=DoseRoute.INTRAVENOUS,
                      recorded_by_id=mia.id, recorded_at=NOON)
    await Session.create(account=mia, kind=SessionKind.APP, token_hash="t", created_at=NOON, last_seen_at=NOON,
                         proved_at=NOON, expires_at=NOON)
    await Guardianship.create(account=mia, participant=leo, role=Role.GUARDIAN, relation=Relation.MOTHER,
                              capabilities=list(Capability), starts_at=NOON, invited_by_id=new_id())
    await LinkingCode.create(
        participant=leo, role=Role.CARER, relation=Relation.GRANDPARENT, code_hash="c", capabilities=[Capability.LOG],
        by_family=True, issued_by_id=mia.id, issued_at=NOON, expires_at=NOON, redeemed_at=NOON,
    )
    await QuarantinedItem.create(participant=leo, account=mia, item_hash="q", body="{}", problem={}, received_at=NOON,
                                 clock_skew=5, app_version="1.2")
    await Study.create(id=1, created_at=NOON, clock_offset=60)
    leo.custodians = [Relation.MOTHER]
    await leo.save()
