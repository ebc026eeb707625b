"""The journeys once more, from the edge through the gateway, the broker and every replica."""

from tests.journeys.test_a_wish_comes_true import *  # noqa: F403 - the same tests, other fixtures
from tests.journeys.test_an_event import *  # noqa: F403 - the same tests, other fixtures
