"""Decides whether the marks of a quotation carry an alteration: what an ellipsis hides, and what a bracket swaps."""

import re
from collections.abc import Collection, Sequence

from app.quotes.alignment import MAX_REPLACED, AlignedRun, RunKind
from app.quotes.meaning import TURNING, Meaning, is_name, meanings_of, opposites_in, turns_round
from app.quotes.passage import TokenizedPassage
from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, key_of

_SENTENCE_END = re.compile(r"[.!?…]{1,20}[\"'”’»)\]*_]{0,8}(?=\s|$)|[。！？؟।]|\n\s*\n")
# What a bracket may neither add nor take away.
_KEPT = TURNING | {Meaning.MODALITY}
# What a bracket may add, and may not swap for another.
_NOT_SWAPPED = (frozenset({Meaning.NUMBER, Meaning.QUANTIFIER}), frozenset({Meaning.UNIT}))
# What begins a sentence with a capital and is no name: a bracket may say who is meant.
_POINTING_WORDS = (
    "i you he she it we they this that these those one who what which there here his her its their our my your il elle "
    "on nous vous ils elles ce cela c' er sie es wir ihr das dies él ella ellos ellas esto eso ele ela eles elas isto "
    "isso egli lui lei loro questo ciò hij zij ze het wij we dit dat он она оно они это"
)
_POINTING = frozenset(_POINTING_WORDS.split())
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
    """Whether an omission hides a word that turns a sentence round of which the quotation keeps a part.

    That is any such word in an omission inside one sentence; in one that begins inside a sentence and ends inside
    another, such a word in either of the two.
    """
    words, text = tokenized.words, tokenized.text
    if not turns_round(text, words[run.start : run.end]):
        return False
    gaps = [place for place in range(run.start, run.end + 1) if _ends_before(tokenized, place)]
    if not gaps:
        return True
    if gaps[0] == run.start or gaps[-1] == run.end:
        return False
    return turns_round(text, words[run.start : gaps[0]]) or turns_round(text, words[gaps[-1] : run.end])


def _ends_before(tokenized: TokenizedPassage, place: int) -> bool:
    """Whether a sentence ends between the word at a place and the one before."""
    words, text = tokenized.words, tokenized.text
    begin = words[place - 1].end if place else 0
    return _ends_sentence(text, begin, words[place].start if place < len(words) else len(text))


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
    if turns_round(text, words[run.start : run.end]):
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
    for meanings in _NOT_SWAPPED:
        written, said = (
            {key_of(word.text) for word in words if meanings & meanings_of(word.text)} for words in (quoted, stands)
        )
        if written and said and not written & said:
            return True
    written, said = _names(quotation.text, quoted, names), _names(tokenized.text, stands, names)
    if written and said and not written & said:
        return True
    return bool(opposites_in(quoted, stands)) or _swaps_beginnings(quoted, stands)


def _swaps_beginnings(quoted: Sequence[Token], stands: Sequence[Token]) -> bool:
    """Whether one capitalized word stands for another one that points to nobody: `[Felix] did` for `Austin did`."""
    if len(quoted) != 1 or len(stands) != 1 or not (quoted[0].text[0].isupper() and stands[0].text[0].isupper()):
        return False
    written, said = key_of(quoted[0].text), key_of(stands[0].text)
    return written != said and _POINTING.isdisjoint({said.partition("'")[0]})


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
