"""Settings → the things every process needs, made once (used by the app, the worker and the commands)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.access.keys import Keyring
from backend.access.seal import Seal
from backend.access.tokens import Tokens
from backend.settings import Settings
from models import Site, Study, StudyProtocol
from models.protocol import BOOSTB4, Protocol, load_protocol
from models.transaction import atomic


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    seal: Seal
    tokens: Tokens
    protocol: Protocol


def wire(settings: Settings) -> Wiring:
    """Raises ProtocolError when the study protocol can't be used."""
    seal = Seal(settings.secret_key)
    tokens = Tokens(Keyring(seal), settings.public_url)
    path = Path(settings.protocol_file) if settings.protocol_file else BOOSTB4
    return Wiring(settings, seal, tokens, load_protocol(path))


@atomic
async def prepare_study(protocol: Protocol, now: datetime) -> None:
    """Write what every installation starts from: the study's row, its protocol version and its sites."""
    await Study.get_or_create(id=1, defaults={"created_at": now})
    await StudyProtocol.get_or_create(
        hash=protocol.hash,
        defaults={"code": protocol.file.code, "version": protocol.file.version, "body": protocol.body,
                  "loaded_at": now},
    )
    for rule in protocol.file.site:
        await Site.get_or_create(
            code=rule.code,
            defaults={"name": rule.name, "country": rule.country, "timezone": rule.timezone,
                      "language": rule.language},
        )
