"""The picture of a case: a lane for each service, and row by row what happened in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.intake.gateway.timeline import Step, Story
from shared.contracts.registry import REGISTRY

# In units of the picture, which is 360 wide: on a small phone one of them is a pixel.
LANES = {"intake": 90, "volunteers": 197, "notify": 304}
OUTSIDE = 24
TOP = 44
HEIGHTS = {"request": 38, "message": 38, "handling": 46, "points": 38, "delivery": 38}
FAILED = {"retry", "parked", "skipped", "failed"}


@dataclass(frozen=True)
class Row:
    """One step, or several alike in a row: where it is drawn, and where an arrow to it begins.

    `cause` is the step that led to it.
    """

    step: Step
    cause: Step | None
    count: int = 1
    y: int = 0

    @property
    def x(self) -> int:
        """The lane where it happens."""
        return LANES.get(self.step.service, OUTSIDE)

    @property
    def start(self) -> int:
        """The lane that an arrow comes from."""
        return LANES.get(self.cause.service, OUTSIDE) if self.cause else self.x

    @property
    def name(self) -> str:
        """What it is called: the name of a message's contract, a rule, a channel."""
        contract = REGISTRY.get(self.step.what)
        return contract.__name__ if contract else self.step.what

    @property
    def failed(self) -> bool:
        """Whether it didn't go as it should."""
        return self.step.state in FAILED

    @property
    def like(self) -> tuple[object, ...]:
        """What rows have in common that are drawn as one."""
        return (
            self.step.kind,
            self.step.what,
            self.step.state,
            self.x,
            self.start,
            self.step.amount,
        )


@dataclass(frozen=True)
class Picture:
    """The rows that are drawn, those of the list, and how high the picture is."""

    drawn: list[Row]
    listed: list[Row]
    height: int


def picture(story: Story) -> Picture:
    """The picture of a story. A message that was handled is drawn by its arrows alone."""
    by_id = {step.id: step for step in story.steps}
    rows = list(_joined(Row(step, by_id.get(step.cause or "")) for step in story.steps))
    handled = {step.cause for step in story.steps if step.kind == "handling"}
    drawn, y = [], TOP
    arrows = (row for row in rows if row.step.kind != "message" or row.step.id not in handled)
    for row in _joined(arrows):
        height = HEIGHTS.get(row.step.kind, 38)
        drawn.append(replace(row, y=y + height // 2))
        y += height
    return Picture(drawn, rows, y + 8)


def _joined(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that follow each other and are alike as one; each failure stays by itself."""
    last: Row | None = None
    for row in rows:
        if last is not None and row.like == last.like and not row.failed:
            last = replace(last, count=last.count + row.count)
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last
