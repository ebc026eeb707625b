"""The base of intake's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """All of intake's tables hang on this."""

    metadata = db.metadata()
