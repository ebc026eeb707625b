"""Every template by its name, each complete in both languages."""

from services.notify.wording.template import Template
from services.notify.wording.texts import events, people, wishes

TEMPLATES: dict[str, Template] = {**wishes.TEMPLATES, **events.TEMPLATES, **people.TEMPLATES}
