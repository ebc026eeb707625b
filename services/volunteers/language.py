"""The language of an answer."""

from fastapi import Request

from shared.auth import Actor
from shared.language import Language, preferred


def language_of(request: Request, actor: Actor) -> Language:
    """Return the language of the header Accept-Language, or else the actor's own."""
    header = request.headers.get("accept-language")
    return preferred(header) if header else actor.language
