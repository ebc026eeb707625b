"""The transports: the protocol, in process, and RabbitMQ."""
