"""A policy has the same roles wherever it is named."""

from services.cli.migrate import SERVICES
from services.intake.web.policies import POLICIES as PAGE_POLICIES
from shared.policies import merge_policies


def test_a_policy_has_the_same_roles_in_every_service() -> None:
    assert len(merge_policies(*(service.policies for service in SERVICES.values()))) > 30


def test_pages_name_only_policies_that_another_service_has() -> None:
    others = merge_policies(SERVICES["volunteers"].policies, SERVICES["notify"].policies)
    assert PAGE_POLICIES.keys() <= others.keys()
