"""Phone numbers in one normalized form; without a country code they are Chinese."""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, StringConstraints

from shared.language import N_

HOME_REGION = "CN"
HOME_COUNTRY_CODE = 86


def normalize(text: str) -> str:
    """Convert to national digits for China, to E.164 for elsewhere. Raises: ValueError."""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError(N_("This is not a phone number")) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(N_("This is not a phone number"))
    if number.country_code == HOME_COUNTRY_CODE:
        return phonenumbers.national_significant_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(normalize)]
