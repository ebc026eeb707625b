"""The policies of intake, merged from its features and its pages."""

from services.intake.accounts import policies as accounts
from services.intake.events import policies as events
from services.intake.party import policies as party
from services.intake.publishers import policies as publishers
from services.intake.register import policies as register
from services.intake.residents import policies as residents
from services.intake.sign_in import policies as sign_in
from services.intake.stations import policies as stations
from services.intake.web import policies as pages
from services.intake.wishes import policies as wishes
from shared.policies import Policies, merge_policies

POLICIES: Policies = merge_policies(
    stations.POLICIES,
    register.POLICIES,
    residents.POLICIES,
    accounts.POLICIES,
    sign_in.POLICIES,
    wishes.POLICIES,
    events.POLICIES,
    party.POLICIES,
    publishers.POLICIES,
    pages.POLICIES,
)
