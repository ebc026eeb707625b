"""Signing in: phone and code, a slip from the desk, or a password; and out again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Response
from pydantic import StringConstraints

from services.intake.residents.phones import Phone
from services.intake.sign_in import actions, authentication
from services.intake.sign_in.actions import Code, Password, Printed, Proof, WrongSignIn
from services.intake.web.kit import encrypted_cookies
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown, own_path
from services.intake.web.kit.page_router import Pages
from shared.sealing import mask_phone
from shared.web.client_ip import network_of
from shared.web.http import Body

pages = Pages()
COOKIE = "linli_sign_in"
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AskForCode(Body):
    """Whose phone."""

    phone: Phone
    then: str = "/"


class WithCode(Body):
    """The code, however it was typed or pasted."""

    code: Text

    @property
    def digits(self) -> str:
        """The code without what is around its digits."""
        return "".join(character for character in self.code if character.isdecimal())


class WithSlip(Body):
    """What the slip says."""

    slip: Text
    then: str = "/"


class WithPassword(Body):
    """An account's user name and password."""

    username: Text
    password: Text
    then: str = "/"


async def typed_code(screen: Screen) -> Proof | None:
    """The phone that was asked for, with the code."""
    phone = encrypted_cookies.read(screen, COOKIE).get("phone")
    body = (await filled(screen, WithCode)).body
    return Code(phone, body.digits) if body and phone else None


async def typed_slip(screen: Screen) -> Proof | None:
    """What the slip says."""
    body = (await filled(screen, WithSlip)).body
    return Printed(body.slip) if body else None


async def typed_password(screen: Screen) -> Proof | None:
    """User name and password."""
    body = (await filled(screen, WithPassword)).body
    return Password(body.username, body.password) if body else None


def counted(typed: Callable[[Screen], Awaitable[Proof | None]]) -> Callable[..., Awaitable[None]]:
    """A dependency that counts the try and looks at what was typed, before the form is answered."""

    async def count(screen: Shown) -> None:
        proof = await typed(screen)
        if proof is None:
            return
        request = screen.request
        async with request.app.state.runtime.sessions() as tx:
            station = await replace(screen, tx=tx).station()
        request.state.shown = await authentication.look_at(request, station.id, proof)

    return count


@pages.get("/sign-in", policy="public")
async def ask_phone(screen: Shown, then: str = "/") -> Response:
    """Which phone shall get the code?"""
    typed = encrypted_cookies.read(screen, COOKIE).get("phone", "")
    form: Filled[AskForCode] = Filled(values={"phone": typed, "then": own_path(then)})
    return await screen.show("sign_in/phone.html", form=form)


@pages.post("/sign-in", policy="sign-in")
async def send_code(screen: Shown) -> Response:
    """Send the code; whether anybody has that phone isn't told."""
    form = await filled(screen, AskForCode)
    if form.body is None:
        return await screen.show("sign_in/phone.html", 422, form=form)
    station = await screen.station()
    await actions.issue_code(screen.tx, station.id, form.body.phone, network_of(screen.request))
    answer = screen.go("/sign-in/code")
    said = {"phone": form.body.phone, "then": own_path(form.body.then)}
    encrypted_cookies.remember(screen, answer, COOKIE, said)
    return answer


@pages.get("/sign-in/code", policy="public")
async def ask_code(screen: Shown) -> Response:
    """What does the message say?"""
    begun = encrypted_cookies.read(screen, COOKIE)
    if "phone" not in begun:
        return screen.go("/sign-in")
    return await _code_page(screen, begun, Filled())


@pages.post("/sign-in/code", policy="sign-in", before=counted(typed_code))
async def with_code(screen: Shown) -> Response:
    """Sign in with the code that was sent."""
    begun = encrypted_cookies.read(screen, COOKIE)
    if "phone" not in begun:
        return screen.go("/sign-in")
    form = await filled(screen, WithCode)
    answer = await _enter(screen, begun.get("then"))
    if answer is None:
        return await _code_page(screen, begun, form.wrong("code", WrongSignIn.title), 422)
    encrypted_cookies.forget(answer, COOKIE)
    return answer


@pages.get("/sign-in/slip", policy="public")
async def ask_slip(screen: Shown, then: str = "/") -> Response:
    """What does the slip say?"""
    form: Filled[WithSlip] = Filled(values={"then": own_path(then)})
    return await screen.show("sign_in/slip.html", form=form)


@pages.post("/sign-in/slip", policy="sign-in", before=counted(typed_slip))
async def with_slip(screen: Shown) -> Response:
    """Sign in with a slip from the desk."""
    form = await filled(screen, WithSlip)
    answer = await _enter(screen, form.value("then"))
    if answer is not None:
        return answer
    form = form.wrong("slip", WrongSignIn.title)
    return await screen.show("sign_in/slip.html", 422, form=form)


@pages.get("/sign-in/password", policy="public")
async def ask_password(screen: Shown, then: str = "/") -> Response:
    """Which account, and its password?"""
    form: Filled[WithPassword] = Filled(values={"then": own_path(then)})
    return await screen.show("sign_in/password.html", form=form)


@pages.post("/sign-in/password", policy="sign-in", before=counted(typed_password))
async def with_password(screen: Shown) -> Response:
    """Sign in with an account's password."""
    form = await filled(screen, WithPassword)
    answer = await _enter(screen, form.value("then"))
    if answer is not None:
        return answer
    form = form.wrong("password", WrongSignIn.title)
    return await screen.show("sign_in/password.html", 422, form=form)


@pages.post("/sign-out", policy="public", once=False)
async def sign_out(screen: Shown) -> Response:
    """End this session."""
    await actions.sign_out(screen.tx, authentication.presented(screen.request) or "")
    answer = screen.go("/")
    authentication.forget(screen.request, answer)
    return answer


async def _code_page(
    screen: Screen, begun: dict[str, str], form: Filled[WithCode], status: int = 200
) -> Response:
    return await screen.show(
        "sign_in/code.html", status, form=form, phone=mask_phone(begun["phone"])
    )


async def _enter(screen: Screen, then: str | None) -> Response | None:
    """Where to go once signed in; None where what was typed is worth nothing."""
    shown: actions.Shown | None = getattr(screen.request.state, "shown", None)
    if shown is None:
        return None
    try:
        opened = await actions.sign_in(screen.tx, shown)
    except WrongSignIn:
        return None
    answer = screen.go(own_path(then))
    authentication.remember(screen.request, answer, opened)
    return answer
