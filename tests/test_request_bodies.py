"""JSON bodies are as strict as the OpenAPI description says."""

import json
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from shared.web.http import Filters, RequestModel
from tests.support.system import SERVICES

assert SERVICES  # Importing the services has declared every model.


def list_models(base: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    """List the models of the services' JSON bodies; forms and queries can carry only text."""
    for model in base.__subclasses__():
        is_text = ".web." in model.__module__ or issubclass(model, Filters)
        if model.__module__.startswith(("services.", "shared.")) and not is_text:
            yield model
        yield from list_models(model)


INTEGER_FIELDS = sorted(
    {
        (model.__module__, model.__name__, name): (model, name)
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
