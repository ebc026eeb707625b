"""Signing in: phone and code, a slip from the desk, or a password; and out again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Response
from pydantic import StringConstraints

from services.intake.residents.phones import Phone
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
from shared.web.client_ip import network_of
from shared.web.http import RequestModel

pages = PageRouter()
COOKIE = "linli_sign_in"
NonEmptyText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PhoneForm(RequestModel):
    """Whose phone."""

    phone: Phone
    then: str = "/"


class CodeForm(RequestModel):
    """The code, however it was typed or pasted."""

    code: NonEmptyText

    @property
    def digits(self) -> str:
        """The code without what is around its digits."""
        return "".join(character for character in self.code if character.isdecimal())


class SlipForm(RequestModel):
    """What the slip says."""

    slip: NonEmptyText
    then: str = "/"


class PasswordForm(RequestModel):
    """An account's user name and password."""

    username: NonEmptyText
    password: NonEmptyText
    then: str = "/"


async def read_code_proof(page: PageContext) -> Proof | None:
    """The phone that was asked for, with the code."""
    phone = encrypted_cookies.read(page, COOKIE).get("phone")
    body = (await parse_form(page, CodeForm)).body
    return PhoneCodeProof(phone, body.digits) if body and phone else None


async def read_slip_proof(page: PageContext) -> Proof | None:
    """What the slip says."""
    body = (await parse_form(page, SlipForm)).body
    return SlipProof(body.slip) if body else None


async def read_password_proof(page: PageContext) -> Proof | None:
    """User name and password."""
    body = (await parse_form(page, PasswordForm)).body
    return PasswordProof(body.username, body.password) if body else None


def count_attempt(
    read_proof: Callable[[PageContext], Awaitable[Proof | None]],
) -> Callable[..., Awaitable[None]]:
    """A dependency that counts the try and looks at what was typed, before the form is answered."""

    async def dependency(page: CurrentPage) -> None:
        proof = await read_proof(page)
        if proof is None:
            return
        request = page.request
        async with request.app.state.runtime.sessions() as tx:
            station = await replace(page, tx=tx).station()
        request.state.checked_proof = await authentication.check_proof(request, station.id, proof)

    return dependency


@pages.get("/sign-in", policy="public")
async def ask_phone(page: CurrentPage, then: str = "/") -> Response:
    """Which phone shall get the code?"""
    typed = encrypted_cookies.read(page, COOKIE).get("phone", "")
    form: BoundForm[PhoneForm] = BoundForm(
        values={"phone": typed, "then": safe_redirect_path(then)}
    )
    return await page.show("sign_in/phone.html", form=form)


@pages.post("/sign-in", policy="sign-in")
async def send_code(page: CurrentPage) -> Response:
    """Send the code; whether anybody has that phone isn't told."""
    form = await parse_form(page, PhoneForm)
    if form.body is None:
        return await page.show("sign_in/phone.html", 422, form=form)
    station = await page.station()
    await actions.issue_code(page.tx, station.id, form.body.phone, network_of(page.request))
    answer = page.redirect("/sign-in/code")
    said = {"phone": form.body.phone, "then": safe_redirect_path(form.body.then)}
    encrypted_cookies.write(page, answer, COOKIE, said)
    return answer


@pages.get("/sign-in/code", policy="public")
async def ask_code(page: CurrentPage) -> Response:
    """What does the message say?"""
    begun = encrypted_cookies.read(page, COOKIE)
    if "phone" not in begun:
        return page.redirect("/sign-in")
    return await _code_page(page, begun, BoundForm())


@pages.post("/sign-in/code", policy="sign-in", dependency=count_attempt(read_code_proof))
async def sign_in_with_code(page: CurrentPage) -> Response:
    """Sign in with the code that was sent."""
    begun = encrypted_cookies.read(page, COOKIE)
    if "phone" not in begun:
        return page.redirect("/sign-in")
    form = await parse_form(page, CodeForm)
    answer = await _sign_in(page, begun.get("then"))
    if answer is None:
        return await _code_page(page, begun, form.with_error("code", SignInFailed.title), 422)
    encrypted_cookies.delete(answer, COOKIE)
    return answer


@pages.get("/sign-in/slip", policy="public")
async def ask_slip(page: CurrentPage, then: str = "/") -> Response:
    """What does the slip say?"""
    form: BoundForm[SlipForm] = BoundForm(values={"then": safe_redirect_path(then)})
    return await page.show("sign_in/slip.html", form=form)


@pages.post("/sign-in/slip", policy="sign-in", dependency=count_attempt(read_slip_proof))
async def sign_in_with_slip(page: CurrentPage) -> Response:
    """Sign in with a slip from the desk."""
    form = await parse_form(page, SlipForm)
    answer = await _sign_in(page, form.value("then"))
    if answer is not None:
        return answer
    form = form.with_error("slip", SignInFailed.title)
    return await page.show("sign_in/slip.html", 422, form=form)


@pages.get("/sign-in/password", policy="public")
async def ask_password(page: CurrentPage, then: str = "/") -> Response:
    """Which account, and its password?"""
    form: BoundForm[PasswordForm] = BoundForm(values={"then": safe_redirect_path(then)})
    return await page.show("sign_in/password.html", form=form)


@pages.post("/sign-in/password", policy="sign-in", dependency=count_attempt(read_password_proof))
async def sign_in_with_password(page: CurrentPage) -> Response:
    """Sign in with an account's password."""
    form = await parse_form(page, PasswordForm)
    answer = await _sign_in(page, form.value("then"))
    if answer is not None:
        return answer
    form = form.with_error("password", SignInFailed.title)
    return await page.show("sign_in/password.html", 422, form=form)


@pages.post("/sign-out", policy="public", idempotent=False)
async def sign_out(page: CurrentPage) -> Response:
    """End this session."""
    await actions.sign_out(page.tx, authentication.session_token(page.request) or "")
    answer = page.redirect("/")
    authentication.clear_session_cookie(page.request, answer)
    return answer


async def _code_page(
    page: PageContext, pending: dict[str, str], form: BoundForm[CodeForm], status: int = 200
) -> Response:
    return await page.show(
        "sign_in/code.html", status, form=form, phone=mask_phone(pending["phone"])
    )


async def _sign_in(page: PageContext, then: str | None) -> Response | None:
    """Where to go once signed in; None where what was typed is worth nothing."""
    shown: actions.CheckedProof | None = getattr(page.request.state, "checked_proof", None)
    if shown is None:
        return None
    try:
        opened = await actions.sign_in(page.tx, shown)
    except SignInFailed:
        return None
    answer = page.redirect(safe_redirect_path(then))
    authentication.set_session_cookie(page.request, answer, opened)
    return answer
