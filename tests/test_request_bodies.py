"""JSON bodies are as strict as the OpenAPI description says."""

import json
from collections.abc import Iterator
from typing import Any

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


def list_fields(*schemas: str) -> list[Any]:
    """List the models and fields whose JSON schema has one of the parts `schemas`."""
    fields = {
        f"{model.__module__}.{model.__name__}.{name}": (model, name)
        for model in list_models()
        for name, schema in model.model_json_schema().get("properties", {}).items()
        if any(part in json.dumps(schema) for part in schemas)
    }
    assert fields
    return [pytest.param(*fields[name], id=name) for name in sorted(fields)]


def errors_of(model: type[RequestModel], field: str, value: object) -> list[Any]:
    """Return the errors at `field` of a body with that value."""
    with pytest.raises(ValidationError) as error:
        model.model_validate({field: value})
    return [one for one in error.value.errors() if one["loc"] == (field,)]


@pytest.mark.parametrize(("model", "field"), list_fields('"integer"'))
def test_integer_field_refuses_a_boolean(model: type[RequestModel], field: str) -> None:
    assert [one["type"] for one in errors_of(model, field, True)] == ["int_type"]


@pytest.mark.parametrize(("model", "field"), list_fields('"date-time"', '"date"'))
def test_date_at_the_edge_of_the_calendar_is_refused_in_words(
    model: type[RequestModel], field: str
) -> None:
    is_day = '"date"' in json.dumps(model.model_json_schema()["properties"][field])
    value = "9999-12-31" if is_day else "9999-12-31T20:00:00-10:00"
    [error] = errors_of(model, field, value)
    assert "between 1900 and 2200" in error["msg"]
