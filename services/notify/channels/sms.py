"""The adapters for text messages (SMS)."""

from services.notify.channels.base import Channel, Outcome, Rendering, Sent
from services.notify.settings import NotifySettings

MANUAL_ADAPTER = "on-screen"


class ManualSms:
    """The adapter of a station without an SMS contract: operators pass the text on.

    Nothing is sent: operators read the delivery (`GET /deliveries`) and tell the resident.
    """

    name = MANUAL_ADAPTER

    async def send(self, rendering: Rendering) -> Outcome:  # noqa: ARG002 - the delivery has it
        """Accept the rendering, whose text operators read in the delivery."""
        return Sent()


def sms_channel(settings: NotifySettings) -> Channel:
    """Return the SMS adapter that `settings` name."""
    return {MANUAL_ADAPTER: ManualSms}[settings.sms_adapter]()
