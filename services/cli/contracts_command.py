"""`linli contracts`: the messages described, and their contracts held against the last release."""

import json
from importlib.metadata import version

import typer

from shared.contracts import compatibility
from shared.contracts.asyncapi import document

app = typer.Typer(no_args_is_help=True)

WAY_ON = (
    "Readers of the last release would refuse such messages, or be refused. Leave the type as it "
    "is and add its next version beside it (…v2); docs/decisions/0013 says when the old one may go."
)


@app.callback()
def contracts() -> None:
    """The contracts of the messages between services."""


@app.command("asyncapi")
def asyncapi() -> None:
    """Print the AsyncAPI 3.0 document of every message."""
    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2))


@app.command("check")
def check() -> None:
    """Fail where the contracts would break a reader of the last release."""
    release = _unbroken()
    typer.echo(f"The contracts keep what {release} promised.")


@app.command("release")
def release() -> None:
    """Keep the contracts as what this version promises; done before it is tagged."""
    if compatibility.RELEASED.exists():
        _unbroken()
    compatibility.release(version("linli"), compatibility.RELEASED)
    typer.echo(f"Kept as what {version('linli')} promises: commit {compatibility.RELEASED.name}.")


def _unbroken() -> str:
    """The last release, when the contracts keep all that it promised."""
    release, before = compatibility.released(compatibility.RELEASED)
    if broken := compatibility.breaks(before, compatibility.promised()):
        typer.echo("\n".join([*broken, WAY_ON]), err=True)
        raise typer.Exit(1)
    return release
