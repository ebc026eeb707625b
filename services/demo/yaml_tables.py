"""The demo's tables: YAML files beside the code, each validated by frozen models."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict


class YamlModel(BaseModel):
    """A table or a row of one; a key that it doesn't declare is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


TableT = TypeVar("TableT", bound=YamlModel)


def read_table(name: str, model: type[TableT]) -> TableT:
    """Read the table in the file `name`. Raises: pydantic.ValidationError."""
    text = (Path(__file__).parent / name).read_text("utf-8")
    # All values are loaded as text and typed by the model: YAML 1.1 would read 15:00 as 900.
    return model.model_validate(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506  # makes no objects
