"""The picture of a case: a lane for each service, and row by row what happened in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.intake.gateway.timeline import Step, Timeline
from shared.contracts.registry import REGISTRY

# In units of the picture, which is 360 wide: on a small phone one of them is a pixel.
LANES = {"intake": 90, "volunteers": 197, "notify": 304}
OUTSIDE_X = 24
TOP_MARGIN = 44
ROW_HEIGHTS = {"request": 38, "message": 38, "handling": 46, "points": 38, "delivery": 38}
FAILED_STATES = {"retry", "parked", "skipped", "failed"}


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
        return LANES.get(self.step.service, OUTSIDE_X)

    @property
    def start(self) -> int:
        """The lane that an arrow comes from."""
        return LANES.get(self.cause.service, OUTSIDE_X) if self.cause else self.x

    @property
    def name(self) -> str:
        """What it is called: the name of a message's contract, a rule, a channel."""
        contract = REGISTRY.get(self.step.what)
        return contract.__name__ if contract else self.step.what

    @property
    def failed(self) -> bool:
        """Whether it didn't go as it should."""
        return self.step.state in FAILED_STATES

    @property
    def group_key(self) -> tuple[object, ...]:
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
class Diagram:
    """The rows that are drawn, those of the list, and how high the picture is."""

    diagram_rows: list[Row]
    list_rows: list[Row]
    height: int


def build_diagram(timeline: Timeline) -> Diagram:
    """The picture of a story. A message that was handled is drawn by its arrows alone."""
    by_id = {step.id: step for step in timeline.steps}
    rows = list(_merge_alike(Row(step, by_id.get(step.cause or "")) for step in timeline.steps))
    handled = {step.cause for step in timeline.steps if step.kind == "handling"}
    diagram_rows, y = [], TOP_MARGIN
    arrows = (row for row in rows if row.step.kind != "message" or row.step.id not in handled)
    for row in _merge_alike(arrows):
        height = ROW_HEIGHTS.get(row.step.kind, 38)
        diagram_rows.append(replace(row, y=y + height // 2))
        y += height
    return Diagram(diagram_rows, rows, y + 8)


def _merge_alike(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that follow each other and are alike as one; each failure stays by itself."""
    last: Row | None = None
    for row in rows:
        if last is not None and row.group_key == last.group_key and not row.failed:
            last = replace(last, count=last.count + row.count)
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last
