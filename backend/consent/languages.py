"""In which languages a text is still missing: those that its sites and their families read, and the version lacks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.consent.documents import EVERYTHING_BUT_THE_TEXT
from backend.consent.waiting import SIGNING_ROLES
from models import ConsentDocument, Guardianship, Site
from models.participation import ENDINGS
from models.spans import speaks
from models.vocabulary import Arm

Reader = tuple[UUID, Arm | None, str]
"""Site, arm (none: whoever comes next) and language."""


async def missing_languages(documents: Sequence[ConsentDocument], now: datetime) -> dict[UUID, list[str]]:
    """Document → the languages in which its version is missing for somebody whom it addresses.

    Of a version that a newer one has replaced, nothing is missing any more.
    """
    if not documents:
        return {}
    known = ConsentDocument.filter(code__in={document.code for document in documents})
    rows, readers = await known.only(*EVERYTHING_BUT_THE_TEXT), await _readers(now)
    return {document.id: _missing(document, rows, readers) for document in documents}


async def _readers(now: datetime) -> set[Reader]:
    """Those who sign, of participants who have not left; and each site's own language."""
    links = Guardianship.filter(speaks(now), role__in=SIGNING_ROLES).exclude(participant__state__in=list(ENDINGS))
    families = await links.distinct().values_list("participant__site_id", "participant__arm", "account__language")
    sites = await Site.all().values_list("id", "language")
    return {(site, arm, _base(language)) for site, arm, language in families} | {
        (site, None, _base(language)) for site, language in sites
    }


def _missing(document: ConsentDocument, rows: list[ConsentDocument], readers: set[Reader]) -> list[str]:
    alike = [row for row in rows if row.code == document.code]
    if any(_replaces(row, document) for row in alike):
        return []
    version = [row for row in alike if row.version == document.version]
    return sorted({
        language for site, arm, language in readers if _reaches(document, site, arm)
        and not any(_base(row.language) == language and _reaches(row, site, arm) for row in version)
    })


def _replaces(row: ConsentDocument, document: ConsentDocument) -> bool:
    """Another version, newer, for all whom the document is for."""
    is_newer = (row.valid_from, row.created_at) > (document.valid_from, document.created_at)
    is_for_all = row.site_id in (None, document.site_id) and row.arm in (None, document.arm)
    return row.version != document.version and is_newer and is_for_all


def _reaches(row: ConsentDocument, site: UUID, arm: Arm | None) -> bool:
    return row.site_id in (None, site) and (arm is None or row.arm in (None, arm))


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
