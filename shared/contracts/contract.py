"""The base of all contracts, which declare a message once: its type, readers and example."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """The content of one type of message; within a version fields are only ever added.

    The string below a field describes the field, also in the AsyncAPI document. The class's
    arguments declare the rest; a class without `type` is a base, whose `service`, `subject` and
    `example` hold for its subclasses.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    type: ClassVar[str]
    service: ClassVar[str]
    """The service that publishes it."""
    source: ClassVar[str]
    """That service as an attribute of the envelope."""
    subject: ClassVar[str]
    """The form of its subjects, with the names of fields in braces."""
    readers: ClassVar[frozenset[str]] = frozenset()
    """The services that handle it; if there are any, it leaves the outbox only for a queue."""
    example: ClassVar[Mapping[str, Any]] = {}
    """The fields of its example."""

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,
        service: str | None = None,
        subject: str | None = None,
        readers: Collection[str] = (),
        example: Mapping[str, Any] | None = None,
    ) -> None:
        """Declare a message; `example` completes the example of the base."""
        super().__init_subclass__()
        if type is not None:
            cls.type = type
        if service is not None:
            cls.service, cls.source = service, f"/services/{service}"
        if subject is not None:
            cls.subject = subject
        cls.readers = frozenset(readers)
        cls.example = {**cls.example, **(example or {})}

    @classmethod
    def make_example(cls) -> Self:
        """Build the example. Raises: ValidationError where its fields violate the contract."""
        return cls.model_validate(cls.example)


class AnyMessage(Contract, type="#"):
    """Placeholder for every type in HANDLERS, and the content of a type without a contract."""

    model_config = ConfigDict(frozen=True, extra="allow")


def example_id(number: int) -> UUID:
    """Return a UUIDv7 that is recognizable as an example."""
    return UUID(f"01900000-0000-7000-8000-{number:012d}")
