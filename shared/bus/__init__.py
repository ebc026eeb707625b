"""The bus: outbox, relay, transports, consumer and inbox."""
