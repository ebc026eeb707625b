"""A delivery in words: in the inbox, as a text message, and as an operator may see it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.fernet import InvalidToken

from services.notify.channels.base import Rendering
from services.notify.channels.sms import MANUAL_ADAPTER
from services.notify.deliveries.models import Delivery
from services.notify.settings import NotifySettings
from services.notify.wording.template import TemplateText, render
from services.notify.wording.texts import TEMPLATES
from shared import clock
from shared.language import Language
from shared.sealing import Sealer, mask_phone

MASK = "••••••"
# A replica of an older version meets rows of a newer one while an update is under way.
_UNKNOWN = {
    "zh": TemplateText("服务站有消息", "请稍后再看，或联系服务站。"),
    "en": TemplateText(
        "The station has news for you", "Please look again later, or ask the station."
    ),
}


class InboxText(NamedTuple):
    """How an item of the inbox reads."""

    title: str
    body: str


def category_of(delivery: Delivery) -> str:
    """The category of what is told."""
    template = TEMPLATES.get(delivery.template)
    return template.category if template else "other"


def inbox_text(delivery: Delivery, language: Language) -> InboxText:
    """Title and body in the reader's language."""
    template = TEMPLATES.get(delivery.template)
    words = template.text_for(language) if template else _UNKNOWN[language]
    return InboxText(render(words.title, delivery.params), render(words.body, delivery.params))


def sms_text(delivery: Delivery, secrets: Mapping[str, Any], settings: NotifySettings) -> str:
    """The text message in the recipient's language; KeyError for a template of another version."""
    language: Language = "en" if delivery.language == "en" else "zh"
    words = TEMPLATES[delivery.template].text_for(language)
    return settings.sms_signature(language) + render(words.sms, {**delivery.params, **secrets})


def render_for_channel(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> Rendering:
    """What a channel sends; InvalidToken, KeyError or TemplateError when it can't be made."""
    secrets = {name: sealer.unseal(token) for name, token in (delivery.sealed or {}).items()}
    address = sealer.unseal(delivery.address_sealed or "")
    return Rendering(delivery.id, address, sms_text(delivery, secrets, settings))


def shows_secrets(delivery: Delivery) -> bool:
    """Whether operators see codes: where no adapter sends them, and only while they are valid."""
    return (
        delivery.via == MANUAL_ADAPTER
        and delivery.expires_at is not None
        and delivery.expires_at > clock.now()
    )


def operator_text(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> str:
    """The text as an operator may see it: secrets are hidden unless `shows_secrets`."""
    if delivery.channel == "inbox":
        return inbox_text(delivery, "en" if delivery.language == "en" else "zh").body
    if delivery.template not in TEMPLATES:
        return ""
    open_now = shows_secrets(delivery)
    hidden = dict.fromkeys(("code",), MASK)
    secrets = {
        name: (_unseal_or_none(sealer, token) or MASK) if open_now else MASK
        for name, token in (delivery.sealed or {}).items()
    }
    return sms_text(delivery, {**hidden, **secrets}, settings)


def masked_address(delivery: Delivery, sealer: Sealer) -> str | None:
    """The phone number with its middle hidden; None for the inbox, or once it is forgotten."""
    token = delivery.address_sealed
    return mask_phone(_unseal_or_none(sealer, token) or "") if token else None


def _unseal_or_none(sealer: Sealer, token: str) -> str | None:
    # What no key opens any more must not hide the rest of a list.
    try:
        return sealer.unseal(token)
    except InvalidToken:
        return None
