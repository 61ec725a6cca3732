"""Makes citations of an interview, a question, an answer, or a range of characters of one. Pure.

A range counts code points of the item's `text` (turns joined by an empty line) or of one turn's text. A citation never
names anybody whom the source does not name, and its date is as exact as the source states it.
"""

from app.citations.citation import PASSAGE, Citation, cite, permalink_to
from app.citations.reference import Reference
from app.citations.selectors import Target
from app.citations.subject import Noun, Subject

__all__ = ["PASSAGE", "Citation", "Noun", "Reference", "Subject", "Target", "cite", "permalink_to"]
