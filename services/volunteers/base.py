"""The base of the volunteers service's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """Declarative base of the volunteers service's tables."""

    metadata = db.metadata()
