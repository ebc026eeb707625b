"""The base of the volunteers service's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """All tables of the volunteers service hang on this."""

    metadata = db.metadata()
