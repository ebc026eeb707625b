"""In which language an answer is written."""

from fastapi import Request

from shared.auth import Actor
from shared.language import Language, preferred


def language_of(request: Request, actor: Actor) -> Language:
    """What the request asks for (Accept-Language), or else the actor's own language."""
    said = request.headers.get("accept-language")
    return preferred(said) if said else actor.language
