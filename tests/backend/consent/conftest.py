"""Texts and words of consent: what coordinators add, what custodians and children say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.access.actor import SYSTEM
from backend.consent.adding import add_document
from backend.consent.jobs import settle_consents
from backend.consent.schemas import NewConsentDocument, PaperSignature, Signing
from backend.consent.signing import record_on_paper, sign
from backend.wiring import Wiring
from models import ConsentDocument, Participant
from models.actions import Action
from models.vocabulary import Collection, ConsentAudience, ConsentDecision, Relation
from tests.cast import Cast

ADULT, CHILD, CUSTODIAN = ConsentAudience.ADULT, ConsentAudience.CHILD, ConsentAudience.CUSTODIAN
GIVEN, DECLINED, WITHDRAWN = ConsentDecision.GIVEN, ConsentDecision.DECLINED, ConsentDecision.WITHDRAWN


@dataclass
class Consent:
    """What people do about consent, with a clock of one's own."""

    cast: Cast
    wiring: Wiring
    now: datetime

    async def text(self, code: str = "guardian-information", version: str = "1", by: str = "nora",
                   **more: Any) -> ConsentDocument:
        """A version that holds since an hour, for the site of whoever adds it; then the timetable runs."""
        site = {"nora": "SE01", "otto": "GB01"}.get(by)
        wanted = NewConsentDocument(**{
            "code": code, "version": version, "audience": CUSTODIAN, "language": "en", "site": site,
            "title": f"{code} {version}", "body": f"Text {code} {version}", "valid_from": self.now - timedelta(hours=1),
            **more,
        })
        actor = await self.cast.actor(by, Action.CONSENT_DOCUMENT_ADD)
        document, _ = await add_document(actor, self.wiring.protocol, wanted, self.now)
        await self.runs()
        return document

    async def runs(self, at: datetime | None = None) -> int:
        return await settle_consents(self.wiring, at or self.now)

    async def signs(self, who: str, participant: str, document: ConsentDocument,
                    decision: ConsentDecision = GIVEN, at: datetime | None = None) -> Collection:
        child = self.cast.participants[participant]
        actor = await self.cast.actor(who, Action.CONSENT_SIGN)
        wanted = Signing(document.id, document.body_hash, decision)
        await sign(actor, self.wiring.protocol, child.id, wanted, at or self.now)
        return await self.collection(participant)

    async def on_paper(self, relation: Relation, participant: str, document: ConsentDocument,
                       decision: ConsentDecision = GIVEN, signed_at: datetime | None = None) -> Collection:
        child = self.cast.participants[participant]
        actor = await self.cast.actor("nora" if child.code.startswith("SE") else "otto", Action.CONSENT_RECORD)
        wanted = PaperSignature(document.id, relation, decision, signed_at or self.now - timedelta(minutes=30))
        await record_on_paper(actor, self.wiring.protocol, child.id, wanted, self.now)
        return await self.collection(participant)

    async def of_leo(self) -> ConsentDocument:
        """A text for Leo's custodians to which both have said yes."""
        document = await self.text()
        await self.signs("mia", "leo", document)
        await self.signs("ben", "leo", document)
        return document

    async def turns(self, participant: str, age: int) -> None:
        """This month they have that birthday."""
        born = self.now.date().replace(year=self.now.year - age, day=1)
        await Participant.filter(id=self.cast.participants[participant].id).update(birth_month=born)

    async def collection(self, participant: str) -> Collection:
        return (await Participant.get(id=self.cast.participants[participant].id)).collection


@pytest.fixture
def consent(cast: Cast, study: Wiring, now: datetime) -> Consent:
    return Consent(cast, study, now)


SETTLER = SYSTEM.acting(Action.COLLECTION_CHANGE)
