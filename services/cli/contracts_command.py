"""`linli contracts`: the messages described, and their contracts held against the last release."""

import json

import typer

from shared.contracts.asyncapi import document

app = typer.Typer(no_args_is_help=True)


@app.callback()
def contracts() -> None:
    """The contracts of the messages between services."""


@app.command("asyncapi")
def asyncapi() -> None:
    """Print the AsyncAPI 3.0 document of every message."""
    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2))
