"""Forms: what was typed, what is wrong with it in plain words; it is kept for another try."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.intake.web.kit.page_context import PageContext
from shared.errors import Invalid, Problem
from shared.language import N_
from shared.web.http import RequestModel
from shared.web.problems import from_validation

B = TypeVar("B", bound=RequestModel)
IGNORED_FIELDS = {"once"}
FRIENDLIER_MESSAGES = {
    "This must be a whole number": N_("Please write a whole number, in digits"),
}
TITLE_AND_DETAIL = N_("%(what)s. %(why)s")


@dataclass(frozen=True)
class BoundForm(Generic[B]):
    """A form: `body` is None where something is wrong; `errors` maps fields to sentences."""

    body: B | None = None
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed into the field."""
        return self.values.get(name, "")

    def with_error(self, name: str, sentence: str) -> "BoundForm[B]":
        """The same form with what is wrong at a field, unless the field has a mistake already."""
        return BoundForm(None, self.values, {name: sentence, **self.errors})

    def with_field_errors(self, problem: Invalid) -> "BoundForm[B]":
        """The same form, refused by the rules of what it was sent to."""
        return BoundForm(None, self.values, problem.errors or {"": problem.detail or problem.title})


async def parse_form(page: PageContext, model: type[B]) -> BoundForm[B]:
    """The form that was sent, read as `model`; a field left empty counts as not answered."""
    form = await page.form()
    said = {name: value for name, value in form.multi_items() if name not in IGNORED_FIELDS}
    values = {name: value for name, value in said.items() if isinstance(value, str)}
    answered = {name: value for name, value in values.items() if value.strip()}
    try:
        return BoundForm(model.model_validate(answered), values)
    except ValidationError as error:
        problem = from_validation(RequestValidationError(error.errors()))
        errors = problem.errors if isinstance(problem, Invalid) else {"": problem.title}
        return BoundForm(
            None,
            values,
            {name: FRIENDLIER_MESSAGES.get(text, text) for name, text in errors.items()},
        )


def with_problem(page: PageContext, form: BoundForm[B], problem: Problem) -> BoundForm[B]:
    """The form, refused by the rules of what it was sent to; what was typed is kept."""
    if isinstance(problem, Invalid) and problem.errors:
        return form.with_field_errors(problem)
    return form.with_error("", problem_text(page, problem))


def problem_text(page: PageContext, problem: Problem) -> str:
    """What can't be and why, in the language of the page."""
    title = page.translate(problem.title, **problem.params)
    if problem.detail is None:
        return title
    return page.translate(
        TITLE_AND_DETAIL, what=title, why=page.translate(problem.detail, **problem.params)
    )
