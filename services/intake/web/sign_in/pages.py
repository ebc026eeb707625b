"""Sign-in by phone and code, by a slip from the desk, or by password; and sign-out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Response
from pydantic import StringConstraints

from services.intake.phones import Phone
from services.intake.sign_in import actions, authentication
from services.intake.sign_in.actions import (
    PasswordProof,
    PhoneCodeProof,
    Proof,
    SignInFailed,
    SlipProof,
)
from services.intake.web.kit import encrypted_cookies
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext, safe_redirect_path
from services.intake.web.kit.page_router import PageRouter
from shared.sealing import mask_phone
from shared.state_key import StateKey
from shared.web.client_ip import network_of
from shared.web.http import SESSIONS, RequestModel

pages = PageRouter()
_CHECKED_PROOF = StateKey[actions.CheckedProof]("checked proof")
COOKIE = "linli_sign_in"
NonEmptyText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PhoneForm(RequestModel):
    """The phone that the code is sent to."""

    phone: Phone
    then: str = "/"


class CodeForm(RequestModel):
    """The code, as it was typed or pasted."""

    code: NonEmptyText


class SlipForm(RequestModel):
    """The code of a slip."""

    slip: NonEmptyText
    then: str = "/"


class PasswordForm(RequestModel):
    """An account's user name and password."""

    username: NonEmptyText
    password: NonEmptyText
    then: str = "/"


async def read_code_proof(page: PageContext) -> Proof | None:
    """Read the phone from the cookie and the code from the form."""
    phone = encrypted_cookies.read(page, COOKIE).get("phone")
    body = (await parse_form(page, CodeForm)).body
    return PhoneCodeProof(phone, body.code) if body and phone else None


async def read_slip_proof(page: PageContext) -> Proof | None:
    """Read the code of a slip from the form."""
    body = (await parse_form(page, SlipForm)).body
    return SlipProof(body.slip) if body else None


async def read_password_proof(page: PageContext) -> Proof | None:
    """Read user name and password from the form."""
    body = (await parse_form(page, PasswordForm)).body
    return PasswordProof(body.username, body.password) if body else None


def count_attempt(
    read_proof: Callable[[PageContext], Awaitable[Proof | None]],
) -> Callable[..., Awaitable[None]]:
    """Make a dependency that counts the attempt and checks its proof before the endpoint runs."""

    async def dependency(page: CurrentPage) -> None:
        proof = await read_proof(page)
        if proof is None:
            return
        request = page.request
        async with SESSIONS.get(request.app.state)() as tx:
            station = await replace(page, tx=tx).station()
        checked = await authentication.check_proof(request, station.id, proof)
        _CHECKED_PROOF.set(request.state, checked)

    return dependency


@pages.get("/sign-in", policy="public")
async def ask_phone(page: CurrentPage, then: str = "/") -> Response:
    """Show the form for the phone."""
    phone = encrypted_cookies.read(page, COOKIE).get("phone", "")
    form: BoundForm[PhoneForm] = BoundForm(
        values={"phone": phone, "then": safe_redirect_path(then)}
    )
    return await page.show("sign_in/phone.html", form=form)


@pages.post("/sign-in", policy="sign-in")
async def send_code(page: CurrentPage) -> Response:
    """Send a code; the response doesn't reveal whether the phone is on the register."""
    form = await parse_form(page, PhoneForm)
    if form.body is None:
        return await page.show("sign_in/phone.html", 422, form=form)
    station = await page.station()
    await actions.issue_code(page.tx, station.id, form.body.phone, network_of(page.request))
    response = page.redirect("/sign-in/code")
    pending = {"phone": form.body.phone, "then": safe_redirect_path(form.body.then)}
    encrypted_cookies.write(page, response, COOKIE, pending)
    return response


@pages.get("/sign-in/code", policy="public")
async def ask_code(page: CurrentPage) -> Response:
    """Show the form for the code."""
    pending = encrypted_cookies.read(page, COOKIE)
    if "phone" not in pending:
        return page.redirect("/sign-in")
    return await _code_page(page, pending, BoundForm())


@pages.post("/sign-in/code", policy="sign-in", dependency=count_attempt(read_code_proof))
async def sign_in_with_code(page: CurrentPage) -> Response:
    """Sign in with the code that was sent."""
    pending = encrypted_cookies.read(page, COOKIE)
    if "phone" not in pending:
        return page.redirect("/sign-in")
    form = await parse_form(page, CodeForm)
    response = await _sign_in(page, pending.get("then"))
    if response is None:
        return await _code_page(page, pending, form.with_error("code", SignInFailed.title), 422)
    encrypted_cookies.delete(response, COOKIE)
    return response


@pages.get("/sign-in/slip", policy="public")
async def ask_slip(page: CurrentPage, then: str = "/") -> Response:
    """Show the form for a slip."""
    form: BoundForm[SlipForm] = BoundForm(values={"then": safe_redirect_path(then)})
    return await page.show("sign_in/slip.html", form=form)


@pages.post("/sign-in/slip", policy="sign-in", dependency=count_attempt(read_slip_proof))
async def sign_in_with_slip(page: CurrentPage) -> Response:
    """Sign in with a slip from the desk."""
    form = await parse_form(page, SlipForm)
    response = await _sign_in(page, form.value("then"))
    if response is not None:
        return response
    form = form.with_error("slip", SignInFailed.title)
    return await page.show("sign_in/slip.html", 422, form=form)


@pages.get("/sign-in/password", policy="public")
async def ask_password(page: CurrentPage, then: str = "/") -> Response:
    """Show the form for a password."""
    form: BoundForm[PasswordForm] = BoundForm(values={"then": safe_redirect_path(then)})
    return await page.show("sign_in/password.html", form=form)


@pages.post("/sign-in/password", policy="sign-in", dependency=count_attempt(read_password_proof))
async def sign_in_with_password(page: CurrentPage) -> Response:
    """Sign in with an account's password."""
    form = await parse_form(page, PasswordForm)
    response = await _sign_in(page, form.value("then"))
    if response is not None:
        return response
    form = form.with_error("password", SignInFailed.title)
    return await page.show("sign_in/password.html", 422, form=form)


@pages.post("/sign-out", policy="public", idempotent=False)
async def sign_out(page: CurrentPage) -> Response:
    """End this session."""
    await actions.sign_out(page.tx, authentication.session_token(page.request) or "")
    response = page.redirect("/")
    authentication.clear_session_cookie(page.request, response)
    return response


async def _code_page(
    page: PageContext, pending: dict[str, str], form: BoundForm[CodeForm], status: int = 200
) -> Response:
    return await page.show(
        "sign_in/code.html", status, form=form, phone=mask_phone(pending["phone"])
    )


async def _sign_in(page: PageContext, then: str | None) -> Response | None:
    """Sign in with the checked proof and redirect to `then`; None if the proof is invalid."""
    proof = _CHECKED_PROOF.find(page.request.state)
    if proof is None:
        return None
    try:
        session = await actions.sign_in(page.tx, proof)
    except SignInFailed:
        return None
    response = page.redirect(safe_redirect_path(then))
    authentication.set_session_cookie(page.request, response, session)
    return response
