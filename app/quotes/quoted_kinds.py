"""Tells quotations from titles of works and from terms, by their shape and the words around them."""

import re
from collections.abc import Sequence

from app.quotes.names_in_prose import PRONOUN, SENTENCE_END, SPOKEN, VERB
from app.quotes.quoted import Quoted, QuotedKind

PARAGRAPH = "\n\n"
# Words that end so are a sentence: what follows does not go on with it.
ENDS_SENTENCE = re.compile(r"[.!?。！？؟][\s”\"’»)\]*_]*\Z")
# Small words of a title, which have no capital in it.
_SMALL_WORDS = (
    "a an the of at in on to for and or nor but by from with as into over under against through upon de la le du des "
    "et und der die das von im am zu y el los las del e o da do en à au aux dans sur pour nel della mit ohne sin con"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# What stands before a term; and who may have said it, in the same sentence.
_BEFORE_TERM = re.compile(
    r"\b(?:so-called|the|an?|this|these|those|such|any|no|its|their|our|of|terms?|words?|phrases?|known\s+as|dubbed|calls?|called|for)\s*\Z",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(rf"{PRONOUN}|\b{VERB}\b")
# Works, before their titles: `her essay “…”`, `a book called “…”`.
_WORKS_TEXT = (
    "book novel novella essay film movie song poem play article story series podcast episode album documentary "
    "exhibition report study paper memoir memoirs painting opera musical magazine newspaper headline chapter "
    "talk lecture thesis pamphlet ballad hymn sketch column blog Buch Roman Film Lied Gedicht Artikel Aufsatz "
    "Serie Ausstellung Vortrag livre roman chanson poème article essai pièce tableau libro novela película "
    "canción poema artículo cuadro livro romance filme canção artigo romanzo canzone racconto boek lied artikel "
    "книга книге роман романе фильм фильме песня статья статье"
)
_BEFORE_WORK = re.compile(
    rf"(?:\b(?:{'|'.join(_WORKS_TEXT.split())})"
    r"(?:\s+(?:\d+|called|titled|entitled|named|mit\s+dem\s+Titel|intitulée?))?"
    r"|\b(?:titled|entitled|authors?\s+of|published|starring\s+in|appeared\s+in|intitulé|titulad[oa]|betitelt))[\s,:]*\Z"
)
_BEFORE_NOUN = re.compile(r"\b(?:an?|the|this|that|their|its|our|his|her|my|your)\s*\Z", re.IGNORECASE)
_NOUN_AFTER = re.compile(r"\s[a-z]{3,}")
_INTRODUCES = re.compile(r"[:,：，]\s*\Z")
_MOST_TITLE_WORDS, _MOST_TERM_WORDS = 14, 5


def sentence_after(text: str) -> str:
    """Return the rest of a sentence."""
    end = SENTENCE_END.search(f"{text} ")
    return text[: end.start()] if end else text


def kind_of(one: Quoted, before: str, after: str) -> QuotedKind:
    """Tell what kind of words stands in quotation marks, between the words before and after them."""
    words = one.text.split()
    letters = [word.strip("'’(),;:-—*_?!") for word in words]
    says = SPOKEN.search(sentence_after(after)) or (SPOKEN.search(before) and _INTRODUCES.search(before))
    if PARAGRAPH not in one.text and len(words) <= _MOST_TITLE_WORDS and one.text[-1:] not in {",", "."}:
        if _BEFORE_WORK.search(before) and one.text.strip()[:1].isupper():
            return QuotedKind.TITLE
        if _is_title(letters) and not says and not ENDS_SENTENCE.search(one.text):
            return QuotedKind.TITLE
    if one.attribution is not None and not one.attribution.is_inferred:
        return QuotedKind.QUOTATION
    if ENDS_SENTENCE.search(one.text) or PARAGRAPH in one.text or before.rstrip().endswith((":", "：")):
        return QuotedKind.QUOTATION
    if len(words) > _MOST_TERM_WORDS or one.text[-1:] == "," or one.text != one.text.lower():
        return QuotedKind.QUOTATION
    if _BEFORE_NOUN.search(before) and _NOUN_AFTER.match(after) and not SPOKEN.search(one.around):
        return QuotedKind.TERM
    is_a_term = one.attribution is None and _BEFORE_TERM.search(before) and not _SOMEBODY.search(one.around)
    return QuotedKind.TERM if is_a_term else QuotedKind.QUOTATION


def _is_title(words: Sequence[str]) -> bool:
    """Whether all words but small ones have a capital, and not only capitals."""
    telling = [word for word in words if word and word.lower() not in _SMALL]
    has_capitals = all(word[0].isupper() or word[0].isdigit() for word in telling)
    return len(telling) > 1 and has_capitals and words[0][:1].isupper() and not all(word.isupper() for word in telling)
