"""Every template by its name, each complete in both languages."""

from services.notify.wording.template import Template
from services.notify.wording.texts import people, wishes

TEMPLATES: dict[str, Template] = {**wishes.TEMPLATES, **people.TEMPLATES}
