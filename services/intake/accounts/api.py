"""Routes to open accounts of staff and partners, for the station's administrators."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from services.intake.accounts import actions
from services.intake.accounts.actions import NewAccount
from shared.auth import Role
from shared.text_validation import OneLine
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, RequestModel, ResponseModel, Tx

router = ApiRouter(tags=["accounts"])


class OpenAccount(RequestModel):
    """A new account; those of operators are created on the command line only."""

    username: Annotated[str, StringConstraints(min_length=2, max_length=60, pattern=r"^[\w.@-]+$")]
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine]
    role: Literal[Role.STAFF, Role.ADMIN, Role.PARTNER]
    password: Annotated[str, StringConstraints(min_length=10, max_length=200)]


class AccountView(ResponseModel):
    """An account without its password."""

    id: UUID
    username: str
    display_name: str
    role: Role


@router.post("/accounts", policy="accounts.write", status_code=201)
async def open_account(body: OpenAccount, tx: Tx, actor: CurrentActor) -> AccountView:
    """Open an account in one's own station."""
    account = await actions.create(tx, actor, NewAccount(**body.model_dump()))
    return AccountView.model_validate(account)
