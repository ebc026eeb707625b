"""The diagram of a trail: a lane for each service, and a row for each step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.intake.gateway.timeline import Step, Timeline
from shared.contracts.registry import REGISTRY

# Units of the SVG, which is 360 wide: one unit is about one pixel on a small phone.
LANES = {"intake": 90, "volunteers": 197, "notify": 304}
OUTSIDE_X = 24
TOP_MARGIN = 44
ROW_HEIGHTS = {"request": 38, "message": 38, "handling": 46, "points": 38, "delivery": 38}
FAILED_STATES = {"retry", "parked", "skipped", "failed"}


@dataclass(frozen=True)
class Row:
    """One row of the diagram: `count` similar steps, of which `step` is the first.

    `cause` is the step that led to `step`.
    """

    step: Step
    cause: Step | None
    count: int = 1
    y: int = 0

    @property
    def x(self) -> int:
        """The x of the lane of `step`."""
        return LANES.get(self.step.service, OUTSIDE_X)

    @property
    def start(self) -> int:
        """The x of the lane where the arrow to `step` begins."""
        return LANES.get(self.cause.service, OUTSIDE_X) if self.cause else self.x

    @property
    def name(self) -> str:
        """The name of the message's contract, the rule or the channel."""
        contract = REGISTRY.get(self.step.what)
        return contract.__name__ if contract else self.step.what

    @property
    def is_failed(self) -> bool:
        """True if `step` failed."""
        return self.step.state in FAILED_STATES

    @property
    def group_key(self) -> tuple[object, ...]:
        """The properties that rows must share to be merged."""
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
    """The rows of the drawing, the rows of the list, and the height of the drawing."""

    diagram_rows: list[Row]
    list_rows: list[Row]
    height: int


def build_diagram(timeline: Timeline) -> Diagram:
    """Build the diagram of `timeline`; a handled message is drawn as arrows only."""
    by_id = {step.id: step for step in timeline.steps}
    rows = list(_merge_similar(Row(step, by_id.get(step.cause or "")) for step in timeline.steps))
    handled_ids = {step.cause for step in timeline.steps if step.kind == "handling"}
    diagram_rows, y = [], TOP_MARGIN
    arrows = (row for row in rows if row.step.kind != "message" or row.step.id not in handled_ids)
    for row in _merge_similar(arrows):
        height = ROW_HEIGHTS.get(row.step.kind, 38)
        diagram_rows.append(replace(row, y=y + height // 2))
        y += height
    return Diagram(diagram_rows, rows, y + 8)


def _merge_similar(rows: Iterable[Row]) -> Iterator[Row]:
    """Merge consecutive similar rows; each failed row stays separate."""
    last: Row | None = None
    for row in rows:
        if last is not None and row.group_key == last.group_key and not row.is_failed:
            last = replace(last, count=last.count + row.count)
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last
