"""Prometheus metrics of the bus and of timed jobs."""

from prometheus_client import Counter, Gauge

OUTBOX_OLDEST = Gauge(
    "linli_outbox_oldest_seconds", "Age of the oldest message not yet relayed", ["service"]
)
OUTBOX_DEPTH = Gauge("linli_outbox_depth", "Messages not yet relayed", ["service", "lane"])
OUTBOX_REFUSED = Gauge(
    "linli_outbox_refused", "Messages that the broker refused, and those behind them", ["service"]
)
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
HOURS_INCOMPLETE = Counter(
    "linli_hours_incomplete", "Hours of which messages stay missing", ["service", "sender"]
)
RELAY_ALIVE = Gauge("linli_relay_alive", "Whether the relay runs", ["service"])
CONSUMER_ALIVE = Gauge("linli_consumer_alive", "Whether the consumer is subscribed", ["service"])
JOBS_RUN = Counter("linli_jobs_run", "Runs of timed jobs", ["service", "job", "outcome"])
JOB_OVERDUE = Gauge(
    "linli_job_overdue_seconds", "How long the most overdue timed job has been due", ["service"]
)
QUEUE_DEPTH = Gauge("linli_queue_depth", "Messages in a queue of the broker", ["service", "queue"])
TURN_AGE = Gauge(
    "linli_part_turn_age_seconds", "Seconds since a part completed a turn", ["service", "part"]
)
POOL_USE = Gauge("linli_pool_connections_used", "Database connections in use", ["service", "pool"])
BUILD_INFO = Gauge("linli_build_info", "Always 1, with the version", ["service", "version"])
