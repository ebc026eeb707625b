"""The journeys once more, from the edge through the gateway, the broker and every replica."""

from tests.journeys.test_event import *  # noqa: F403 - the same tests, other fixtures
from tests.journeys.test_wish import *  # noqa: F403 - the same tests, other fixtures
