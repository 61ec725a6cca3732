"""Decides whether the marks of a quotation carry an alteration: what an ellipsis hides, and what a bracket swaps."""

import re
from collections.abc import Collection, Sequence

from app.quotes.alignment import MAX_REPLACED, AlignedRun, RunKind
from app.quotes.meaning import TURNING, Meaning, is_name, meanings_of, opposites_in
from app.quotes.passage import TokenizedPassage
from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, key_of

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|$)|[。！？؟।]|\n\s*\n")
# What a bracket may neither add nor take away.
_KEPT = TURNING | {Meaning.MODALITY}
# What a bracket may add, and may not swap for another.
_NOT_SWAPPED = (Meaning.NUMBER, Meaning.QUANTIFIER, Meaning.UNIT)
# Before a capital these make a description: `the President` is the person named in its place.
_ARTICLE_WORDS = (
    "the a an our my his her their your this that le la les l' un une der die das den dem ein eine el los las il lo i "
    "gli o os as het de"
)
_ARTICLES = frozenset(_ARTICLE_WORDS.split())


def add_trailing_insertions(quotation: Quotation, runs: list[AlignedRun]) -> list[AlignedRun]:
    """Add the brackets after the last words of a quotation to its runs."""
    end = runs[-1].end
    return [
        *runs,
        *(AlignedRun(RunKind.INSERTED, first, last, end, end) for first, last in quotation.trailing_insertions),
    ]


def show_replaced_at_beginning(
    quotation: Quotation, tokenized: TokenizedPassage, runs: list[AlignedRun]
) -> list[AlignedRun]:
    """Let a bracket at the beginning stand for what the sentence of the record begins with."""
    first = quotation.fragments[0].inserted
    if first is None or runs[0].kind is not RunKind.INSERTED:
        return runs
    place = runs[0].end
    start = place
    while start > 0 and place - start < MAX_REPLACED:
        if _ends_sentence(tokenized.text, tokenized.words[start - 1].end, tokenized.words[start].start):
            break
        start -= 1
    return [runs[0]._replace(start=start), *runs[1:]]


def keep_meaning(
    quotation: Quotation, tokenized: TokenizedPassage, runs: Sequence[AlignedRun], names: Collection[str]
) -> bool:
    """Whether no mark of a quotation hides, adds or swaps a word that decides what its sentence means."""
    elastic = {fragment.inserted for fragment in quotation.fragments if fragment.elastic}
    for run in runs:
        quoted = quotation.words[run.quoted_start : run.quoted_end]
        stands = tokenized.words[run.start : run.end]
        is_elastic = run.kind is RunKind.INSERTED and (run.quoted_start, run.quoted_end) in elastic
        if (run.kind is RunKind.OMITTED or is_elastic) and _hides(tokenized, run):
            return False
        if run.kind is RunKind.LEFT_OUT and not _lies_between_sentences(tokenized, run):
            return False
        if run.kind is RunKind.INSERTED and not (
            _keeps(quoted, [] if is_elastic else stands)
            and (is_elastic or not _swaps(quotation, tokenized, run, names))
        ):
            return False
    return True


def _hides(tokenized: TokenizedPassage, run: AlignedRun) -> bool:
    """Whether an omission inside one sentence hides a word that turns it round."""
    words = tokenized.words[run.start : run.end]
    if not any(meanings_of(word.text) & TURNING for word in words):
        return False
    begin = tokenized.words[run.start - 1].end if run.start else 0
    end = tokenized.words[run.end].start if run.end < len(tokenized.words) else len(tokenized.text)
    return not _ends_sentence(tokenized.text, begin, end)


def _ends_sentence(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends in a range of a text. A paragraph may end, as captions do, where no sentence does."""
    for found in _SENTENCE_END.finditer(text, start, end):
        if not (found.group().isspace() and text[found.end() : found.end() + 1].islower()):
            return True
    return False


def _lies_between_sentences(tokenized: TokenizedPassage, run: AlignedRun) -> bool:
    """Whether the halves of an interrupted quotation are of different sentences.

    One of them ends or begins where a sentence does, or both where what is skipped turns a sentence round.
    """
    words, text = tokenized.words, tokenized.text
    ends = _ends_sentence(text, words[run.start - 1].end, words[run.start].start)
    begins = _ends_sentence(text, words[run.end - 1].end, words[run.end].start)
    if any(meanings_of(word.text) & TURNING for word in words[run.start : run.end]):
        return ends and begins
    return ends or begins


def _keeps(quoted: Sequence[Token], stands: Sequence[Token]) -> bool:
    said, written = (
        sorted(meaning for word in words for meaning in meanings_of(word.text) & _KEPT) for words in (stands, quoted)
    )
    modals = [
        sorted(key_of(word.text) for word in words if Meaning.MODALITY in meanings_of(word.text))
        for words in (stands, quoted)
    ]
    return said == written and modals[0] == modals[1]


def _swaps(quotation: Quotation, tokenized: TokenizedPassage, run: AlignedRun, names: Collection[str]) -> bool:
    """Whether a bracket swaps a number, a quantity, a unit, a name or a word for its opposite."""
    quoted = quotation.words[run.quoted_start : run.quoted_end]
    stands = tokenized.words[run.start : run.end]
    for meaning in _NOT_SWAPPED:
        written, said = (
            {key_of(word.text) for word in words if meaning in meanings_of(word.text)} for words in (quoted, stands)
        )
        if written and said and not written & said:
            return True
    written, said = _names(quotation.text, quoted, names), _names(tokenized.text, stands, names)
    if written and said and not written & said:
        return True
    return bool(opposites_in(quoted, stands))


def _names(text: str, words: Sequence[Token], names: Collection[str]) -> set[str]:
    """Return the keys of the words that name somebody, rather than describe (`the President`)."""
    found: set[str] = set()
    described = False
    for word in words:
        if key_of(word.text) in _ARTICLES:
            described = True
        elif key_of(word.text) in names or (not described and is_name(text, word.start, word.end, names)):
            found.add(key_of(word.text))
        else:
            described = described and text[word.start].isupper()
    return found
