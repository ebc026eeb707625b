"""The base of notify's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """All of notify's tables hang on this."""

    metadata = db.metadata()
