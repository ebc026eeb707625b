"""The contracts as JSON schemas, as readers hold messages against them."""

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


class Untitled(GenerateJsonSchema):
    """Leaves out the titles of fields, which only say their names again."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def schemas() -> dict[str, Schema]:
    """The schema of every contract by its type, and of what carries them all as `envelope`.

    What partners may say, and its envelope, have names that begin with `partners/`.
    """
    carried: dict[str, type[BaseModel]] = {ENVELOPE: EnvelopeModel, **REGISTRY}
    partners: dict[str, type[BaseModel]] = {ENVELOPE: PartnerEnvelopeModel, **CONTRACTS}
    every = carried | {f"{PARTNER_PREFIX}{name}": model for name, model in partners.items()}
    return {
        name: model.model_json_schema(schema_generator=Untitled) for name, model in every.items()
    }


def components(models: Iterable[type[BaseModel]], template: str) -> dict[str, Schema]:
    """Schemas by their models' names, which refer to each other as the template says."""
    wanted = [(model, "validation") for model in models]
    _, made = models_json_schema(
        wanted,  # type: ignore[arg-type]
        ref_template=template,
        schema_generator=Untitled,
    )
    defined: dict[str, Schema] = made.get("$defs", {})
    return defined
