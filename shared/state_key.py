"""Typed keys into untyped state: of an application, of a request, of a database session."""

from typing import Any, Generic, Protocol, TypeVar, cast

T = TypeVar("T")


class KeyedState(Protocol):
    """A mapping of state: `app.state` and `request.state` of Starlette, `info` of a session."""

    def __getitem__(self, key: str, /) -> Any: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...


class StateKey(Generic[T]):
    """One value of one type in a mapping of state, under a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, state: KeyedState) -> T:
        """Return the value. Raises: KeyError where nothing was set."""
        return cast(T, state[self.name])

    def find(self, state: KeyedState) -> T | None:
        """Return the value, or None where nothing was set."""
        try:
            return self.get(state)
        except KeyError:
            return None

    def set(self, state: KeyedState, value: T) -> None:
        """Set the value."""
        state[self.name] = value
