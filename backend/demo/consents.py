"""The texts of both sites, and the custodians' yes to them when their child was enrolled. All words are made up."""

from datetime import datetime, timedelta

from backend.access.actor import Actor
from backend.consent.adding import add_document
from backend.consent.schemas import NewConsentDocument, PaperSignature, Signing
from backend.consent.signing import record_on_paper, sign
from backend.demo.people import Family
from backend.wiring import Wiring
from models import ConsentDocument, Participant
from models.actions import Action
from models.vocabulary import ConsentAudience, ConsentDecision, Relation, Role

FOR_CUSTODIANS = "guardian-information"
TITLES = {
    ConsentAudience.CUSTODIAN: {"sv": "Till dig som är vårdnadshavare", "en": "For parents and guardians"},
    ConsentAudience.CHILD: {"sv": "Till dig som är med i studien", "en": "For you who take part"},
    ConsentAudience.ADULT: {"sv": "Till dig som har blivit myndig", "en": "For you who are of age now"},
}
BODIES = {
    "sv": "{title}\n\nDet här är en påhittad text för visning.\n\nDu får säga nej, och du får ändra dig när du vill "
          "utan att säga varför. Vården påverkas inte.\n",
    "en": "{title}\n\nThis is a made-up text for the demo.\n\nYou may say no, and you may change your mind at any "
          "time without giving a reason. Care is not affected.\n",
}
CODES = {
    ConsentAudience.CUSTODIAN: FOR_CUSTODIANS, ConsentAudience.CHILD: "child-information",
    ConsentAudience.ADULT: "own-information",
}
READS_FROM = 6
"""Years at which a child gets its own text."""


async def add_texts(wiring: Wiring, site: str, coordinator: Actor, began: datetime) -> None:
    """One version of each, in Swedish and English."""
    actor = coordinator.acting(Action.CONSENT_DOCUMENT_ADD)
    for audience, titles in TITLES.items():
        for language, title in titles.items():
            await add_document(actor, wiring.protocol, NewConsentDocument(
                code=CODES[audience], version="1", audience=audience, language=language, title=title,
                body=BODIES[language].format(title=title), valid_from=began, site=site,
                age_from=READS_FROM if audience is ConsentAudience.CHILD else None,
            ), began)


async def custodians_sign(
    wiring: Wiring, family: Family, participant: Participant, people: dict[str, Actor], coordinator: Actor,
    *, began: datetime,
) -> None:
    """In the app whoever has an account, on paper whoever has none."""
    text = await ConsentDocument.get(code=FOR_CUSTODIANS, site_id=participant.site_id, language="en")
    yes = Signing(text.id, text.body_hash, ConsentDecision.GIVEN)
    signed = set()
    for actor in people.values():
        own = actor.guardians[participant.id]
        if own.role is Role.GUARDIAN and own.relation in family.custodians:
            await sign(actor.acting(Action.CONSENT_SIGN), wiring.protocol, participant.id, yes, began)
            signed.add(own.relation)
    for relation in family.custodians:
        if relation not in signed:
            await _on_paper(wiring, participant, text, relation, (coordinator, began))


async def _on_paper(
    wiring: Wiring, participant: Participant, text: ConsentDocument, relation: Relation,
    by: tuple[Actor, datetime],
) -> None:
    coordinator, began = by
    paper = PaperSignature(text.id, relation, ConsentDecision.GIVEN, began - timedelta(hours=1))
    await record_on_paper(coordinator.acting(Action.CONSENT_RECORD), wiring.protocol, participant.id, paper, began)
