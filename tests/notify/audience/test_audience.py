"""The audience: the newest projection of each resident, whatever the order of messages."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.audience.models import Recipient
from shared.ids import new_id
from shared.language import Language
from shared.runtime.runtime import Runtime
from tests.support.messages import handle_messages, resident_registered

LANGUAGES: tuple[Language, ...] = ("zh", "en")


async def get_recipient(runtime: Runtime, resident: UUID) -> Recipient:
    """Read a resident's row in the audience."""
    async with runtime.sessions() as tx:
        recipient = await tx.get(Recipient, resident)
    assert recipient is not None
    return recipient


@settings(max_examples=25, deadline=None)
@given(
    order=st.permutations(range(1, 6)),
    repeats=st.lists(st.integers(1, 5), max_size=4),
    size=st.integers(1, 4),
)
async def test_recipient_does_not_depend_on_order_and_repetition(
    runtime: Runtime, order: list[int], repeats: list[int], size: int
) -> None:
    station, resident = new_id(), new_id()
    messages = [
        resident_registered(
            runtime,
            station,
            resident,
            version=version,
            language=LANGUAGES[version % 2],
            phone=f"1380000000{version}" if version != 4 else None,
        )
        for version in (*order, *repeats)
    ]
    for start in range(0, len(messages), size):
        await handle_messages(runtime, *messages[start : start + size])
    recipient = await get_recipient(runtime, resident)
    assert (recipient.station_id, recipient.version, recipient.language) == (station, 5, "en")
    assert recipient.phone_sealed is not None
    assert runtime.sealer.unseal(recipient.phone_sealed) == "13800000005"


async def test_removed_phone_is_erased(runtime: Runtime, station: UUID) -> None:
    resident = new_id()
    await handle_messages(runtime, resident_registered(runtime, station, resident))
    await handle_messages(
        runtime, resident_registered(runtime, station, resident, version=2, phone=None)
    )
    assert (await get_recipient(runtime, resident)).phone_sealed is None


async def test_message_of_another_station_changes_no_recipient(
    runtime: Runtime, station: UUID
) -> None:
    resident = new_id()
    await handle_messages(runtime, resident_registered(runtime, station, resident, language="zh"))
    await handle_messages(
        runtime, resident_registered(runtime, new_id(), resident, version=9, language="en")
    )
    recipient = await get_recipient(runtime, resident)
    assert (recipient.station_id, recipient.version, recipient.language) == (station, 1, "zh")
