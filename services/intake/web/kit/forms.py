"""Forms: what was typed, what is wrong with it in plain words; it is kept for another try."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.intake.web.kit.page_context import Screen
from shared.errors import Invalid, Problem
from shared.language import N_
from shared.web.http import Body
from shared.web.problems import from_validation

B = TypeVar("B", bound=Body)
UNASKED = {"once"}
PLAIN = {
    "This must be a whole number": N_("Please write a whole number, in digits"),
}
BOTH = N_("%(what)s. %(why)s")


@dataclass(frozen=True)
class Filled(Generic[B]):
    """A form: `body` is None where something is wrong; `errors` maps fields to sentences."""

    body: B | None = None
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed into the field."""
        return self.values.get(name, "")

    def wrong(self, name: str, sentence: str) -> "Filled[B]":
        """The same form with what is wrong at a field, unless the field has a mistake already."""
        return Filled(None, self.values, {name: sentence, **self.errors})

    def refused(self, problem: Invalid) -> "Filled[B]":
        """The same form, refused by the rules of what it was sent to."""
        return Filled(None, self.values, problem.errors or {"": problem.detail or problem.title})


async def filled(screen: Screen, model: type[B]) -> Filled[B]:
    """The form that was sent, read as `model`; a field left empty counts as not answered."""
    form = await screen.form()
    said = {name: value for name, value in form.multi_items() if name not in UNASKED}
    values = {name: value for name, value in said.items() if isinstance(value, str)}
    answered = {name: value for name, value in values.items() if value.strip()}
    try:
        return Filled(model.model_validate(answered), values)
    except ValidationError as error:
        problem = from_validation(RequestValidationError(error.errors()))
        errors = problem.errors if isinstance(problem, Invalid) else {"": problem.title}
        return Filled(None, values, {name: PLAIN.get(text, text) for name, text in errors.items()})


def refused(screen: Screen, form: Filled[B], problem: Problem) -> Filled[B]:
    """The form, refused by the rules of what it was sent to; what was typed is kept."""
    if isinstance(problem, Invalid) and problem.errors:
        return form.refused(problem)
    return form.wrong("", in_words(screen, problem))


def in_words(screen: Screen, problem: Problem) -> str:
    """What can't be and why, in the language of the page."""
    title = screen.say(problem.title, **problem.params)
    if problem.detail is None:
        return title
    return screen.say(BOTH, what=title, why=screen.say(problem.detail, **problem.params))
