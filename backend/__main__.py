"""`fracture-diary` and `python -m backend`: every command of an installation."""

import importlib
from pathlib import Path

import click

from backend.commands.backup import backup, restore
from backend.commands.check import check
from backend.commands.database import migrate
from backend.commands.description import openapi
from backend.commands.import_records import import_records
from backend.commands.rehearse import rehearse
from backend.commands.replan import replan
from backend.commands.serve import serve
from backend.commands.signing_keys import keys
from backend.commands.staff import staff
from backend.commands.web_push_key import web_push_key
from backend.commands.work import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """A fracture diary: families log from a phone, the site's staff review, the study team receives."""


for command in (
    serve, worker, migrate, check, staff, keys, backup, restore, import_records, replan, rehearse, openapi,
    web_push_key,
):
    main.add_command(command)

# The demo study is a part of its own, with its own data; an installation may leave it out.
if (Path(__file__).parent / "demo" / "command.py").exists():
    main.add_command(importlib.import_module("backend.demo.command").demo)

if __name__ == "__main__":
    main(prog_name="fracture-diary")
