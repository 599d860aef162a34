"""`web-push-key`: the key by which browsers know our pushes. It is a setting, so it is printed and not kept."""

import click

from notifications.channels.web_push_seal import new_own_key


@click.command()
def web_push_key() -> None:
    """Make a key for pushes to browsers, once for an installation's whole life."""
    private, public = new_own_key()
    click.echo(f"WEB_PUSH_PRIVATE_KEY={private}")
    click.echo(f"Put this line where your settings are, and keep it secret. Its public half is {public}.", err=True)
