"""A delivery in words: in the inbox, as a text message, and as an operator may see it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.fernet import InvalidToken

from services.notify.channels.base import Rendering
from services.notify.channels.sms import ON_SCREEN
from services.notify.deliveries.models import Delivery
from services.notify.settings import NotifySettings
from services.notify.wording.template import Words, fill
from services.notify.wording.texts import TEMPLATES
from shared import clock
from shared.language import Language
from shared.sealing import Sealer, mask_phone

MASK = "••••••"
# A replica of an older version meets rows of a newer one while an update is under way.
_UNKNOWN = {
    "zh": Words("服务站有消息", "请稍后再看，或联系服务站。"),
    "en": Words("The station has news for you", "Please look again later, or ask the station."),
}


class InboxText(NamedTuple):
    """How an item of the inbox reads."""

    title: str
    body: str


def category_of(delivery: Delivery) -> str:
    """The category of what is told."""
    template = TEMPLATES.get(delivery.template)
    return template.category if template else "other"


def in_inbox(delivery: Delivery, language: Language) -> InboxText:
    """Title and body in the reader's language."""
    template = TEMPLATES.get(delivery.template)
    words = template.words(language) if template else _UNKNOWN[language]
    return InboxText(fill(words.title, delivery.params), fill(words.body, delivery.params))


def as_sms(delivery: Delivery, secrets: Mapping[str, Any], settings: NotifySettings) -> str:
    """The text message in the recipient's language; KeyError for a template of another version."""
    language: Language = "en" if delivery.language == "en" else "zh"
    words = TEMPLATES[delivery.template].words(language)
    return settings.sms_signature(language) + fill(words.sms, {**delivery.params, **secrets})


def to_send(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> Rendering:
    """What a channel sends; InvalidToken, KeyError or TemplateError when it can't be made."""
    secrets = {name: sealer.open(token) for name, token in (delivery.sealed or {}).items()}
    address = sealer.open(delivery.address_sealed or "")
    return Rendering(delivery.id, address, as_sms(delivery, secrets, settings))


def shows_secrets(delivery: Delivery) -> bool:
    """Whether operators see codes: where no adapter sends them, and only while they are valid."""
    return (
        delivery.via == ON_SCREEN
        and delivery.expires_at is not None
        and delivery.expires_at > clock.now()
    )


def for_operators(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> str:
    """The text as an operator may see it: secrets are hidden unless `shows_secrets`."""
    if delivery.channel == "inbox":
        return in_inbox(delivery, "en" if delivery.language == "en" else "zh").body
    if delivery.template not in TEMPLATES:
        return ""
    open_now = shows_secrets(delivery)
    hidden = dict.fromkeys(("code",), MASK)
    secrets = {
        name: (_opened(sealer, token) or MASK) if open_now else MASK
        for name, token in (delivery.sealed or {}).items()
    }
    return as_sms(delivery, {**hidden, **secrets}, settings)


def masked_address(delivery: Delivery, sealer: Sealer) -> str | None:
    """The phone number with its middle hidden; None for the inbox, or once it is forgotten."""
    token = delivery.address_sealed
    return mask_phone(_opened(sealer, token) or "") if token else None


def _opened(sealer: Sealer, token: str) -> str | None:
    # What no key opens any more must not hide the rest of a list.
    try:
        return sealer.open(token)
    except InvalidToken:
        return None
