"""`linli contracts`: commands that describe the messages and guard their released contracts."""

import json
from importlib.metadata import version

import typer

from shared.contracts import compatibility
from shared.contracts.asyncapi import document

app = typer.Typer(no_args_is_help=True)

NEXT_STEP_HINT = (
    "Readers of the last release would refuse such messages, or be refused. Leave the type as it "
    "is and add its next version beside it (…v2); docs/decisions/0013 says when the old one may go."
)


@app.callback()
def contracts() -> None:
    """Describe and check the contracts of the messages between services."""


@app.command("asyncapi")
def asyncapi() -> None:
    """Print the AsyncAPI 3.0 document of every message."""
    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2))


@app.command("check")
def check() -> None:
    """Fail where the contracts would break a reader of the last release."""
    release = _require_compatible()
    typer.echo(f"The contracts keep what {release} promised.")


@app.command("release")
def release() -> None:
    """Record the contracts as the promises of this version; run this before tagging it."""
    if compatibility.RELEASED_FILE.exists():
        _require_compatible()
    compatibility.write_release(version("linli"), compatibility.RELEASED_FILE)
    typer.echo(
        f"Recorded the promises of {version('linli')}: commit {compatibility.RELEASED_FILE.name}."
    )


def _require_compatible() -> str:
    """Return the last release; exit with status 1 where the contracts break its promises."""
    release, before = compatibility.load_release(compatibility.RELEASED_FILE)
    if broken := compatibility.find_breaks(before, compatibility.promised_schemas()):
        typer.echo("\n".join([*broken, NEXT_STEP_HINT]), err=True)
        raise typer.Exit(1)
    return release
