"""The messages between the services: their schemas, the envelope, and the registry."""
