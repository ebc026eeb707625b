"""The modules of the pages: collected from the features' packages, so that no list is kept."""

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import cast

from starlette.routing import BaseRoute, Route

from services.intake.web.kit.page_router import PageRouter

WEB_PACKAGE = "services.intake.web"


def page_router() -> PageRouter:
    """Return one router with the routes of all modules that have a router named `pages`.

    The first route that matches a path responds, so literal paths come before parameters.
    """
    collected = PageRouter()
    for module in _modules():
        if isinstance(router := vars(module).get("pages"), PageRouter):
            collected.routes.extend(router.routes)
    collected.routes.sort(key=_precedence)
    return collected


def label_modules() -> dict[str, ModuleType]:
    """Return each feature's module of labels by the feature's name, for the templates."""
    return {
        module.__name__.split(".")[-2]: module
        for module in _modules()
        if module.__name__.endswith(".labels")
    }


@cache
def _modules() -> Sequence[ModuleType]:
    package = import_module(WEB_PACKAGE)
    infos = pkgutil.walk_packages(package.__path__, f"{WEB_PACKAGE}.")
    return [import_module(info.name) for info in infos]


def _precedence(route: BaseRoute) -> list[tuple[bool, str]]:
    """Return a key that sorts paths by segment, literal ones first."""
    path = cast(Route, route).path
    return [("{" in segment, segment) for segment in path.split("/")]
