"""`openapi`: the description of the API as a document, the same byte for byte from the same version."""

import json

import click

from backend.app import create_app
from backend.settings import Settings
from backend.wiring import wire


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document (JSON, keys in order); needs no settings and no database."""
    app = create_app(wire(Settings(secret_key="only the description is made")), opens_database=False)  # noqa: S106
    click.echo(json.dumps(app.openapi_schema.to_schema(), indent=2, sort_keys=True, ensure_ascii=False))
