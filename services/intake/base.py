"""The declarative base of intake's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """Declarative base of intake's tables."""

    metadata = db.metadata()
