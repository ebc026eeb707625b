"""`linli serve`: one replica of one service, as a container runs it."""

from shared.bus.transport.rabbit import RabbitTransport
from shared.observability.logs import configure_logging
from shared.runtime import server
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service


class NoBroker(Exception):
    """Missing broker of a service that runs alone."""

    def __init__(self) -> None:
        super().__init__(
            "A service on its own needs RabbitMQ: set LINLI_AMQP_URL, "
            "or run everything in one process with `linli up`."
        )


async def serve(service: Service) -> None:
    """Run one replica of `service` until a signal stops it.

    Raises: MissingSettings, NoBroker, CannotListen.
    """
    settings = service.settings.read()
    configure_logging(settings.log_level, settings.log_format)
    if settings.amqp_url is None:
        raise NoBroker
    listening = server.listen(settings.bind)
    transport = RabbitTransport(settings.amqp_url.get_secret_value(), prefix=settings.amqp_prefix)
    try:
        await server.run([Runtime(service, settings, transport)], [listening], _ready)
    finally:
        await transport.close()


async def _ready() -> None:
    """Do nothing: the health checks report when the service is ready."""
