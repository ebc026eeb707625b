"""The contracts as JSON schemas, with which readers validate messages."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.contracts.envelope import EnvelopeModel, PartnerEnvelopeModel
from shared.contracts.partners import CONTRACTS
from shared.contracts.registry import REGISTRY

Schema = dict[str, Any]
ENVELOPE = "envelope"
PARTNER_PREFIX = "partners/"


class UntitledJsonSchema(GenerateJsonSchema):
    """Generator of JSON schemas without titles of fields, which only repeat the fields' names."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def schemas() -> dict[str, Schema]:
    """Return the schemas of all contracts by type, and of the envelope as `envelope`.

    Names of partners' contracts and of their envelope begin with `partners/`.
    """
    own: dict[str, type[BaseModel]] = {ENVELOPE: EnvelopeModel, **REGISTRY}
    partners: dict[str, type[BaseModel]] = {ENVELOPE: PartnerEnvelopeModel, **CONTRACTS}
    models = own | {f"{PARTNER_PREFIX}{name}": model for name, model in partners.items()}
    return {
        name: model.model_json_schema(schema_generator=UntitledJsonSchema)
        for name, model in models.items()
    }


def components(models: Iterable[type[BaseModel]], template: str) -> dict[str, Schema]:
    """Return schemas by their models' names; `template` is the form of their references."""
    inputs = [(model, "validation") for model in models]
    _, document = models_json_schema(
        inputs,  # type: ignore[arg-type]
        ref_template=template,
        schema_generator=UntitledJsonSchema,
    )
    definitions: dict[str, Schema] = document.get("$defs", {})
    return definitions
