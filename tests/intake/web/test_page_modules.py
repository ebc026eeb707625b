"""Tests of the collection of pages from the features' modules."""

from itertools import combinations

from fastapi.routing import APIRoute

from services.intake.web.kit.page_modules import label_modules, page_router


def collected_routes() -> list[tuple[APIRoute, set[str]]]:
    """Return the routes of all pages with their methods."""
    return [
        (route, set(route.methods or ()))
        for route in page_router().routes
        if isinstance(route, APIRoute)
    ]


def test_routes_of_all_features_are_collected_once() -> None:
    keys = [(route.path, *sorted(methods)) for route, methods in collected_routes()]
    assert len(set(keys)) == len(keys)
    assert {"/", "/wishes/new", "/events/{event_id}/check-in", "/static/{path:path}"} <= {
        path for path, *_ in keys
    }


def test_no_route_hides_a_literal_path_behind_a_parameter() -> None:
    hidden = [
        (first.path, second.path)
        for (first, methods), (second, other_methods) in combinations(collected_routes(), 2)
        if methods & other_methods and first.path_regex.fullmatch(second.path)
    ]
    assert hidden == []


def test_labels_are_found_by_feature() -> None:
    labels = label_modules()
    assert {"events", "wishes", "volunteers", "trail", "sms_log"} <= set(labels)
    assert "claimed" in vars(labels["wishes"])["STATES"]
