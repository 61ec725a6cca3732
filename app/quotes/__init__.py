"""Compares quotations with passages of the record word by word, and finds the quotations in a text.

Pure: no database and no HTTP.
"""

from app.quotes.differences import DifferenceKind, MeaningfulWord, QuotationDifference
from app.quotes.likeness import Likeness
from app.quotes.meaning import Meaning
from app.quotes.passage import Passage, PassageTurn, TurnRange
from app.quotes.quotation import Quotation, read_quotation
from app.quotes.tokens import key_of, token_texts
from app.quotes.verdict import (
    FAITHFUL,
    MAX_MATCHES,
    MAX_QUOTATION_LENGTH,
    Caution,
    Judgement,
    Match,
    Nearest,
    Verdict,
    judge,
)

__all__ = [
    "FAITHFUL",
    "MAX_MATCHES",
    "MAX_QUOTATION_LENGTH",
    "Caution",
    "DifferenceKind",
    "Judgement",
    "Likeness",
    "Match",
    "Meaning",
    "MeaningfulWord",
    "Nearest",
    "Passage",
    "PassageTurn",
    "Quotation",
    "QuotationDifference",
    "TurnRange",
    "Verdict",
    "judge",
    "key_of",
    "read_quotation",
    "token_texts",
]
