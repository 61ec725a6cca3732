"""Integrity checks: what must hold in every database. They only read."""

from app.maintenance.integrity import (
    changes,
    documents,
    engine,
    files,
    names,
    numbers,
    past,
    people,
    record,
    references,
    schema,
    search_index,
    slugs,
    statements,
    structure,
    terms,
    topics,
    values,
)
from app.maintenance.integrity.check import Check

# In the order in which they are run: later ones rely on what earlier ones check.
CHECKS: tuple[Check, ...] = (
    engine.CHECK,
    schema.CHECK,
    references.CHECK,
    slugs.CHECK,
    values.CHECK,
    files.CHECK,
    record.CHECK,
    structure.CHECK,
    numbers.CHECK,
    names.CHECK,
    people.CHECK,
    statements.CHECK,
    changes.CHECK,
    past.CHECK,
    topics.CHECK,
    documents.CHECK,
    terms.CHECK,
    search_index.CHECK,
)
