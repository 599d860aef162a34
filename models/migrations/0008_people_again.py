"""Wrong codes are counted; e-mail addresses have one form."""

from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.mail_address import normal_address
from models.statement import rows


async def one_form(_apps: Any, _editor: Any) -> None:
    """An address that another account has in this form already, or that can't be used, stays as it is."""
    for row in await rows("SELECT id, email FROM account ORDER BY id"):
        normal = normal_address(row["email"])
        if normal not in (None, row["email"]) and not await rows("SELECT 1 FROM account WHERE email = $1", normal):
            await rows("UPDATE account SET email = $1 WHERE id = $2", normal, row["id"])


async def as_it_is(_apps: Any, _editor: Any) -> None:
    """The version before finds an address in this form, too."""


class Migration(migrations.Migration):
    dependencies = [("models", "0007_guards_of_people")]

    operations = [
        ops.AddField(
            model_name="Account",
            name="wrong_codes",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.RunPython(one_form, as_it_is),
    ]
