"""JSON bodies are as strict as the OpenAPI description says."""

import json
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from services.intake.main import SERVICE
from shared.web.http import Filters, RequestModel

# Importing the service has declared every model.
MODULE_PREFIX = f"services.{SERVICE.name}."


def list_models(base: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    """List the models of intake's JSON bodies; forms and queries can carry only text."""
    for model in base.__subclasses__():
        is_text = model.__module__.startswith(f"{MODULE_PREFIX}web.") or issubclass(model, Filters)
        if model.__module__.startswith(MODULE_PREFIX) and not is_text:
            yield model
        yield from list_models(model)


INTEGER_FIELDS = sorted(
    {
        (model.__name__, name): (model, name)
        for model in list_models()
        for name, schema in model.model_json_schema().get("properties", {}).items()
        if '"integer"' in json.dumps(schema)
    }.items()
)


@pytest.mark.parametrize(
    ("model", "field"),
    [field for _, field in INTEGER_FIELDS],
    ids=[".".join(name) for name, _ in INTEGER_FIELDS],
)
def test_integer_field_refuses_a_boolean(model: type[RequestModel], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        model.model_validate({field: True})
    assert ("int_type", (field,)) in [(one["type"], one["loc"]) for one in error.value.errors()]
