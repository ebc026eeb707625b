"""The message handlers that create deliveries."""

from services.notify.deliveries.actions import create_deliveries
from services.notify.wording.rules import NOTIFICATION_RULES
from shared.bus.message import BatchHandler, Handlers
from shared.contracts.events import ParticipationMessage

# Of participations only the current state is news: the reminders, which know it, notify of those.
HANDLERS: Handlers = {
    contract: [BatchHandler(create_deliveries)]
    for contract in NOTIFICATION_RULES
    if not issubclass(contract, ParticipationMessage)
}
