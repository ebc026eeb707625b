"""The HTTP edge: routes with policies, idempotency, preconditions, problems, OpenAPI."""
