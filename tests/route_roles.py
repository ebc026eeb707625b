"""Who may call each route of the API: the table that the policies of the code must match."""

from shared.auth import Role

ANYONE = ""
ROUTES_BY_ROLES = {
    ANYONE: """
        GET /stations
        POST /sign-in/codes
        POST /sign-in
    """,
    "resident volunteer leader partner staff admin operator": """
        POST /sign-out
        GET /me
        PUT /me/language
        GET /wishes
        GET /wishes/{wish_id}
        GET /wishes/{wish_id}/photos
        GET /photos/{photo_id}
        GET /events
        GET /events/{event_id}
        GET /rules
        GET /inbox
        GET /inbox/unread
        POST /inbox/read-all
        POST /inbox/{delivery_id}/read
    """,
    "resident": """
        GET /events/{event_id}/my-code
    """,
    "resident staff admin": """
        POST /wishes
        POST /wishes/{wish_id}/confirm
        POST /wishes/{wish_id}/refuse
        POST /wishes/{wish_id}/withdraw
        POST /wishes/{wish_id}/reopen
        POST /events/{event_id}/join
        POST /events/{event_id}/leave
        POST /volunteers
        GET /volunteers/me
        GET /volunteers/me/duties
        GET /volunteers/{volunteer_id}
    """,
    "resident partner staff admin": """
        GET /points/me
        GET /points/me/entries
    """,
    "volunteer partner staff admin": """
        POST /wishes/{wish_id}/claim
        POST /wishes/{wish_id}/release
        POST /wishes/{wish_id}/deliver
        POST /wishes/{wish_id}/photos
        DELETE /photos/{photo_id}
    """,
    "staff admin": """
        POST /buildings
        GET /buildings
        POST /buildings/{building_id}/homes
        GET /buildings/{building_id}/homes
        POST /households
        GET /households
        POST /residents
        GET /residents
        GET /residents/{resident_id}
        PUT /residents/{resident_id}
        POST /residents/{resident_id}/reveal
        POST /residents/{resident_id}/slips
        POST /wishes/{wish_id}/approve
        POST /wishes/{wish_id}/decline
        POST /wishes/{wish_id}/answer
        POST /events
        PUT /events/{event_id}
        POST /events/{event_id}/publish
        POST /events/{event_id}/cancel
        POST /events/{event_id}/close
        POST /events/{event_id}/check-in
        POST /events/{event_id}/check-out
        POST /events/{event_id}/undo-check-in
        GET /events/{event_id}/participants
        POST /party/members
        GET /party/members
        DELETE /party/members/{member_id}
        POST /volunteers/{volunteer_id}/approve
        GET /volunteers
    """,
    "staff admin operator": """
        GET /operations/{service}/trail/{correlation_id}
        POST /operations/{service}/trail/{correlation_id}/handled
        GET /trail/{correlation_id}
    """,
    "operator admin": """
        GET /operations/{service}/messages
        GET /operations/{service}/messages/acts
        GET /operations/{service}/messages/handovers
        POST /operations/{service}/messages/replays
        POST /operations/{service}/messages/retry-all
        GET /operations/{service}/messages/count
        GET /operations/{service}/replicas
        GET /operations/{service}/missing-hours
        POST /operations/{service}/messages/skip-all
        POST /operations/{service}/messages/purge
        GET /operations/{service}/messages/{key}
        POST /operations/{service}/messages/{key}/retry
        POST /operations/{service}/messages/{key}/skip
        GET /deliveries
    """,
    "admin": """
        POST /accounts
        POST /publishers
        GET /publishers
        GET /publishers/{publisher_id}
        PUT /publishers/{publisher_id}/grants
        POST /publishers/{publisher_id}/keys
        POST /publishers/{publisher_id}/keys/{key_id}/rotate
        POST /publishers/{publisher_id}/keys/{key_id}/end
        POST /publishers/{publisher_id}/password
    """,
    "publisher": """
        POST /messages
        GET /messages
        GET /messages/{key}
    """,
}
ROLES_BY_ROUTE = {
    route.strip(): frozenset(map(Role, roles.split()))
    for roles, routes in ROUTES_BY_ROLES.items()
    for route in routes.strip().splitlines()
}


def some_role(route: str) -> Role | None:
    """Return a role that may call the route; None where anyone may."""
    return min(ROLES_BY_ROUTE[route], default=None)
