"""What tables share: names of constraints, and types of columns."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Text is compared and ordered by code point on both engines, so that pages are the same on both.
Exact = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def words(enumeration: type[StrEnum], name: str) -> sa.Enum:
    """Return the type of an enumeration's column: its words with a check. A native type would outlive its table."""
    return sa.Enum(
        enumeration,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def table_of(model: type[SQLModel]) -> sa.Table:
    """Return the table behind a table class."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes at run time
    return table
