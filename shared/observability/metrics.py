"""Prometheus metrics of the bus and of timed jobs."""

from prometheus_client import Counter, Gauge

OUTBOX_OLDEST = Gauge(
    "linli_outbox_oldest_seconds", "Age of the oldest message not yet relayed", ["service"]
)
OUTBOX_DEPTH = Gauge("linli_outbox_depth", "Messages not yet relayed", ["service", "lane"])
PUBLISHED = Counter("linli_messages_published", "Messages confirmed", ["service"])
REFUSED = Counter("linli_messages_refused", "Publishes returned or refused", ["service"])
UNCONFIRMED = Counter(
    "linli_publishes_unconfirmed", "Publishes without a confirm or a return", ["service"]
)
HANDLED = Counter("linli_messages_handled", "Messages handled", ["service", "type"])
REPEATED = Counter("linli_messages_repeated", "Deliveries of known messages", ["service"])
RETRIED = Counter("linli_messages_retried", "Failures kept to be retried", ["service", "type"])
PARKED = Counter("linli_messages_parked", "Messages parked", ["service", "type"])
INBOX_WAITING = Gauge("linli_inbox_waiting", "Messages kept in the inbox", ["service", "state"])
RELAY_ALIVE = Gauge("linli_relay_alive", "Whether the relay runs", ["service"])
CONSUMER_ALIVE = Gauge("linli_consumer_alive", "Whether the consumer is subscribed", ["service"])
JOBS_RUN = Counter("linli_jobs_run", "Runs of timed jobs", ["service", "job", "outcome"])
