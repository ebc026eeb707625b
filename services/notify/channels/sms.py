"""SMS: what becomes of text messages."""

from services.notify.channels.base import Channel, Outcome, Rendering, Sent
from services.notify.settings import NotifySettings

MANUAL_ADAPTER = "on-screen"


class ManualSms:
    """For a station without an SMS contract: nothing is sent, operators read it on their screen.

    The delivery itself is what they read (`GET /deliveries`); somebody tells the resident.
    """

    name = MANUAL_ADAPTER

    async def send(self, rendering: Rendering) -> Outcome:  # noqa: ARG002 - the delivery keeps it
        """Nothing left to do."""
        return Sent()


def sms_channel(settings: NotifySettings) -> Channel:
    """The SMS adapter that the settings name."""
    return {MANUAL_ADAPTER: ManualSms}[settings.sms_adapter]()
