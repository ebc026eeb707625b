"""The base of notify's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared import db


class Base(DeclarativeBase):
    """Declarative base of notify's tables."""

    metadata = db.metadata()
