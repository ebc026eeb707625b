"""What each service adds to its handlers and its timed jobs for reconciliation."""

from datetime import timedelta

from shared.bus.message import Handlers, SingleHandler
from shared.bus.reconciliation.received_hours import HourReader
from shared.bus.reconciliation.sent_hours import HourSender
from shared.contracts.contract import Contract
from shared.contracts.reconciliation import HourMissed, HourSent
from shared.contracts.registry import REGISTRY
from shared.scheduler import Job

JOB_INTERVAL = timedelta(minutes=1)


def reconciliation_handlers(service: str) -> Handlers:
    """Return the handlers of what other services state and ask."""
    reader = SingleHandler(HourReader(service).store)
    handlers: dict[type[Contract], list[SingleHandler]] = {}
    for contract in REGISTRY.values():
        if service not in contract.readers:
            continue
        if issubclass(contract, HourSent):
            handlers[contract] = [reader]
        elif issubclass(contract, HourMissed):
            handlers[contract] = [SingleHandler(HourSender(service).note_missed)]
    return handlers


def reconciliation_jobs(service: str) -> tuple[Job, ...]:
    """Return the jobs: check the hours that others state and, for a sender, state its own."""
    check = Job("bus.check-hours", JOB_INTERVAL, HourReader(service).check_next)
    if any(
        issubclass(contract, HourSent) and contract.service == service
        for contract in REGISTRY.values()
    ):
        return (check, Job("bus.state-hours", JOB_INTERVAL, HourSender(service).state_next))
    return (check,)
