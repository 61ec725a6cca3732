"""A reference as a sentence on one line."""

from app.citations import Reference
from app.exports.format import ReferenceFormat


def render(reference: Reference) -> str:
    """Write a reference as a sentence."""
    return f"{reference.sentence}\n"


FORMAT = ReferenceFormat(
    name="text",
    media_type="text/plain",
    suffix=".txt",
    description="a reference in plain words",
    render=render,
)
