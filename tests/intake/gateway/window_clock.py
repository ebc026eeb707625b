"""The clock of the rate limits' windows."""


class WindowClock:
    """A clock that a test moves, in seconds; it begins with a minute."""

    def __init__(self) -> None:
        self.now = 600.0

    def __call__(self) -> float:
        return self.now
