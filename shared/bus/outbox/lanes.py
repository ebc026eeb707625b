"""Lanes of the outbox: the relay's statements, and the floors below which a lane is empty for good.

A message that was refused, and all later ones of its subject, get a time at which they are due
(`due_at`): they keep no other subject waiting. A look must not read through the dead rows of
messages that were relayed long ago, which can't be vacuumed while somebody holds a snapshot open (a
dump, say): it starts at the lane's floor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from shared.bus.outbox.record import LANE_COUNT

LOOK = text(
    """
    SELECT look.lane,
      EXISTS (SELECT FROM outbox
        WHERE outbox.lane = look.lane AND id > floor AND due_at IS NULL) AS has_fresh,
      EXISTS (SELECT FROM outbox WHERE outbox.lane = look.lane AND due_at <= now()) AS has_due,
      pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_transaction,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_transaction,
      coalesce(pg_sequence_last_value('outbox_id_seq'), 0) AS last_id
    FROM unnest(CAST(:lanes AS smallint[]), CAST(:floors AS bigint[])) AS look (lane, floor)
    """
)
# The locks and the rows are two statements: in one, the snapshot would be older than the locks.
LOCK = text(
    """
    SELECT lane FROM unnest(CAST(:lanes AS smallint[])) AS lane
    WHERE pg_try_advisory_xact_lock('outbox'::regclass::oid::int, lane)
    """
)
# A limit for each lane, so that a long lane doesn't delay the others.
ROWS = text(
    """
    SELECT row.lane, row.id, row.type, row.subject, row.correlation, row.body,
      row.created_at, row.message_key,
      row.due_at IS NULL AS is_fresh,
      row.due_at IS NULL AND EXISTS (SELECT FROM outbox AS refused WHERE refused.lane = row.lane
        AND refused.subject = row.subject AND refused.due_at IS NOT NULL) AS is_behind_refused,
      pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_transaction,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_transaction
    FROM unnest(CAST(:lanes AS smallint[]), CAST(:floors AS bigint[])) AS locked (lane, floor)
    CROSS JOIN LATERAL (
      (SELECT * FROM outbox
        WHERE outbox.lane = locked.lane AND id > floor AND due_at IS NULL
        ORDER BY id LIMIT :limit)
      UNION ALL
      (SELECT * FROM outbox WHERE outbox.lane = locked.lane AND due_at <= now()
        ORDER BY due_at, id LIMIT :limit)
    ) AS row
    ORDER BY row.lane, row.id
    """
)
# Pairs: with two separate arrays, a table without statistics was read whole. What is sent again is
# in `sent` already.
MOVE = text(
    """
    WITH moved AS (
      DELETE FROM outbox
      USING unnest(CAST(:lanes AS smallint[]), CAST(:ids AS bigint[])) AS confirmed (lane, id)
      WHERE outbox.lane = confirmed.lane AND outbox.id = confirmed.id
      RETURNING outbox.lane, outbox.id, type, subject, correlation, body, created_at, message_key,
        first_sent_at
    )
    INSERT INTO sent (lane, id, type, subject, correlation, body, created_at, message_key, sent_at,
      publisher)
    SELECT lane, id, type, subject, correlation, body, created_at, message_key, now(), :publisher
    FROM moved WHERE first_sent_at IS NULL
    """
)
# The delay doubles from a second to five minutes, with up to half of it cut off.
REFUSE = text(
    """
    UPDATE outbox SET refusals = least(refusals + 1, 1000),
      due_at = now()
        + least(300, power(2, least(refusals, 20))) * (0.5 + random() / 2) * interval '1 second'
    FROM unnest(CAST(:lanes AS smallint[]), CAST(:ids AS bigint[])) AS refused (lane, id)
    WHERE outbox.lane = refused.lane AND outbox.id = refused.id
    """
)
# Later messages of a refused one's subject wait behind it, and are due with it.
WAIT_BEHIND = text(
    """
    UPDATE outbox SET due_at = (SELECT max(refused.due_at) FROM outbox AS refused
      WHERE refused.lane = outbox.lane AND refused.subject = outbox.subject)
    FROM unnest(CAST(:lanes AS smallint[]), CAST(:ids AS bigint[])) AS later (lane, id)
    WHERE outbox.lane = later.lane AND outbox.id = later.id
    """
)
SAMPLE = text(
    """
    SELECT outbox.lane, count(*) AS depth, count(due_at) AS refused,
      extract(epoch FROM now() - min(created_at)) AS age
    FROM unnest(CAST(:lanes AS smallint[]), CAST(:floors AS bigint[])) AS look (lane, floor)
    JOIN outbox ON outbox.lane = look.lane AND (outbox.id > floor OR due_at IS NOT NULL)
    GROUP BY outbox.lane
    """
)


@dataclass(slots=True)
class _Floor:
    """No row of the lane that was never refused has or will get an id up to `id`.

    Of `emptied` this is known only once all transactions before `next_transaction` have ended: one
    of them may have got a lower id and not have committed.
    """

    id: int = 0
    emptied: int = 0
    next_transaction: int = 0


class Floors:
    """The floors of all lanes, as one replica knows them since it connected."""

    def __init__(self) -> None:
        self._floors = {lane: _Floor() for lane in range(LANE_COUNT)}

    def parameters(self, lanes: Iterable[int]) -> dict[str, list[int]]:
        """Return the parameters `lanes` and `floors` of a statement."""
        chosen = list(lanes)
        return {"lanes": chosen, "floors": [self._floors[lane].id for lane in chosen]}

    def forget(self) -> None:
        """Begin anew: another database, or a restored one, may have lower ids."""
        self._floors = {lane: _Floor() for lane in range(LANE_COUNT)}

    def settle(self, lane: int, oldest_transaction: int, first_row: int | None) -> None:
        """Raise the floor to what was emptied before, if that is certain in this snapshot.

        `first_row` is the lowest id that the snapshot has above the floor, None without any.
        """
        floor = self._floors[lane]
        if oldest_transaction >= floor.next_transaction:
            emptied = floor.emptied if first_row is None else min(floor.emptied, first_row - 1)
            floor.id = max(floor.id, emptied)

    def empty(self, lane: int, up_to: int, next_transaction: int) -> None:
        """Record that a snapshot has no row up to this id any more, once its batch commits."""
        floor = self._floors[lane]
        if floor.emptied <= floor.id:
            floor.emptied, floor.next_transaction = up_to, next_transaction


def emptied_up_to(outcome_by_id: Mapping[int, bool]) -> int:
    """Return the id up to which all of a lane's rows have left it, by id whether each has."""
    emptied = min(outcome_by_id) - 1
    for id_ in sorted(outcome_by_id):
        if not outcome_by_id[id_]:
            break
        emptied = id_
    return emptied
