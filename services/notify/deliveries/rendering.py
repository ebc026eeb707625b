"""The texts of a delivery: in the inbox, by SMS, and for operators."""

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
# During an update, a replica of the older version reads rows with templates of the newer one.
_UNKNOWN = {
    "zh": TemplateText("服务站有消息", "请稍后再看，或联系服务站。"),
    "en": TemplateText(
        "The station has news for you", "Please look again later, or ask the station."
    ),
}


class InboxText(NamedTuple):
    """The texts of an item of the inbox."""

    title: str
    body: str


def category_of(delivery: Delivery) -> str:
    """Return the category of the delivery's template."""
    template = TEMPLATES.get(delivery.template)
    return template.category if template else "other"


def inbox_text(delivery: Delivery, language: Language) -> InboxText:
    """Return title and body in `language`."""
    template = TEMPLATES.get(delivery.template)
    words = template.text_for(language) if template else _UNKNOWN[language]
    return InboxText(render(words.title, delivery.params), render(words.body, delivery.params))


def sms_text(delivery: Delivery, secrets: Mapping[str, Any], settings: NotifySettings) -> str:
    """Return the text message in the recipient's language.

    Raises: KeyError for a template of another version.
    """
    language: Language = "en" if delivery.language == "en" else "zh"
    words = TEMPLATES[delivery.template].text_for(language)
    return settings.sms_signature(language) + render(words.sms, {**delivery.params, **secrets})


def render_for_channel(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> Rendering:
    """Render the delivery for its channel. Raises: InvalidToken, KeyError, TemplateError."""
    secrets = {name: sealer.unseal(token) for name, token in (delivery.sealed or {}).items()}
    address = sealer.unseal(delivery.address_sealed or "")
    return Rendering(delivery.id, address, sms_text(delivery, secrets, settings))


def shows_secrets(delivery: Delivery) -> bool:
    """Return whether operators see the codes: valid ones that no adapter sends."""
    return (
        delivery.via == MANUAL_ADAPTER
        and delivery.expires_at is not None
        and delivery.expires_at > clock.now()
    )


def operator_text(delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> str:
    """Return the text for an operator: secrets are hidden unless `shows_secrets`."""
    if delivery.channel == "inbox":
        return inbox_text(delivery, "en" if delivery.language == "en" else "zh").body
    if delivery.template not in TEMPLATES:
        return ""
    reveals = shows_secrets(delivery)
    hidden = dict.fromkeys(("code",), MASK)
    secrets = {
        name: (_unseal_or_none(sealer, token) or MASK) if reveals else MASK
        for name, token in (delivery.sealed or {}).items()
    }
    return sms_text(delivery, {**hidden, **secrets}, settings)


def masked_address(delivery: Delivery, sealer: Sealer) -> str | None:
    """Return the phone number with its middle hidden; None for the inbox or an erased number."""
    token = delivery.address_sealed
    return mask_phone(_unseal_or_none(sealer, token) or "") if token else None


def _unseal_or_none(sealer: Sealer, token: str) -> str | None:
    # A value that no key unseals any more must not hide the rest of a list.
    try:
        return sealer.unseal(token)
    except InvalidToken:
        return None
