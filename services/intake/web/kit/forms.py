"""Forms: parsing what was typed, and showing it again with its errors."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.intake.web.kit.page_context import PageContext
from shared.errors import Invalid, Problem
from shared.language import N_
from shared.text_validation import fold_width
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
    """A submitted form: `body` is None if it is invalid; `errors` maps fields to sentences."""

    body: B | None = None
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return the text that was typed into the field `name`."""
        return self.values.get(name, "")

    def with_error(self, name: str, sentence: str) -> "BoundForm[B]":
        """Return the form with `sentence` as the error of `name`, unless `name` has an error."""
        return BoundForm(None, self.values, {name: sentence, **self.errors})

    def with_field_errors(self, problem: Invalid) -> "BoundForm[B]":
        """Return the form with the field errors of `problem`."""
        return BoundForm(None, self.values, problem.errors or {"": problem.detail or problem.title})


async def parse_form(page: PageContext, model: type[B]) -> BoundForm[B]:
    """Parse the submitted form as `model`; an empty field counts as absent."""
    form = await page.form()
    fields = {name: value for name, value in form.multi_items() if name not in IGNORED_FIELDS}
    values = {name: value for name, value in fields.items() if isinstance(value, str)}
    non_empty = {
        name: value if _is_text(model, name) else fold_width(value)
        for name, value in values.items()
        if value.strip()
    }
    try:
        return BoundForm(model.model_validate(non_empty), values)
    except ValidationError as error:
        problem = from_validation(RequestValidationError(error.errors()))
        errors = problem.errors if isinstance(problem, Invalid) else {"": problem.title}
        return BoundForm(
            None,
            values,
            {name: FRIENDLIER_MESSAGES.get(text, text) for name, text in errors.items()},
        )


def _is_text(model: type[RequestModel], name: str) -> bool:
    """Return whether a field takes words, whose full-width characters stay as they were typed."""
    field = model.model_fields.get(name)
    return field is not None and field.annotation in (str, str | None)


def with_problem(page: PageContext, form: BoundForm[B], problem: Problem) -> BoundForm[B]:
    """Return the form with the errors of `problem`; its values stay."""
    if isinstance(problem, Invalid) and problem.errors:
        return form.with_field_errors(problem)
    return form.with_error("", problem_text(page, problem))


def problem_text(page: PageContext, problem: Problem) -> str:
    """Translate the title and the detail of `problem` into the language of the page."""
    title = page.translate(problem.title, **problem.params)
    if problem.detail is None:
        return title
    return page.translate(
        TITLE_AND_DETAIL, what=title, why=page.translate(problem.detail, **problem.params)
    )
