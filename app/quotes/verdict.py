"""Judges a quotation: which passages say it, in the same words or nearly, and what differs.

A verdict rests on aligned words and never on a similarity score: a passage with one more "not" is very similar and
means the opposite. Only whole words match: "can" is not found in "can't", nor "legal" in "illegal".
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice

from app.quotes.alignment import (
    AlignedRun,
    RunKind,
    align_approximately,
    align_fragments,
    align_fragments_separately,
    align_with_gap,
    allowed_edits,
    occurrences,
)
from app.quotes.differences import (
    DifferenceKind,
    DifferenceWriter,
    QuotationDifference,
    question_mark_differs,
    recheck_words,
)
from app.quotes.marks import add_trailing_insertions, keep_meaning, show_replaced_at_beginning
from app.quotes.meaning import TURNING, Meaning
from app.quotes.near import align_nearly, nearest_range
from app.quotes.passage import Passage, TokenizedPassage, TurnRange
from app.quotes.quotation import Quotation, read_quotation

# Code points of a quotation at most; the API and the command line refuse longer ones.
MAX_QUOTATION_LENGTH = 10_000
# Matches and differences that are returned at most, to keep a response small.
MAX_MATCHES = 20
_MAX_ALTERED = 3
_MAX_DIFFERENCES = 100
# Words of all passages together in which altered quotations are looked for, to bound the time of one judgement.
_MAX_WORDS_COMPARED = 150_000
# The same where words are compared by what they may be otherwise: as spelled elsewhere, or but for a slip.
_MAX_WORDS_NEAR = 40_000
# Of the words of a quotation, those that a passage has as they are written, at least.
_LEAST_SHARE = 0.4


class Verdict(StrEnum):
    """What is true of a quotation, the best first."""

    EXACT = "exact"
    FOLDED = "folded"
    ELIDED = "elided"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


_SHOWN_WHERE_OMITTED = TURNING | {Meaning.NUMBER, Meaning.MODALITY}
FAITHFUL = (Verdict.EXACT, Verdict.FOLDED, Verdict.ELIDED)


class Caution(StrEnum):
    """What a reader should look at although the words are right."""

    MEANING_OMITTED = "meaning_omitted"
    QUESTION_MARK = "question_mark"
    SPEAKER_UNKNOWN = "speaker_unknown"
    SPEAKER_UNNAMED = "speaker_unnamed"
    SAME_NAME = "same_name"
    PARTS_APART = "parts_apart"
    SOUND_LEFT_OUT = "sound_left_out"
    LISTENER_LEFT_OUT = "listener_left_out"


@dataclass(frozen=True)
class Match:
    """A passage that says the quotation, exactly or nearly.

    `start` is where the match begins in the passage's text, `edits` the number of words that differ.
    """

    passage: Passage
    verdict: Verdict
    start: int
    text: str
    turn_ranges: tuple[TurnRange, ...]
    differences: tuple[QuotationDifference, ...]
    cautions: tuple[Caution, ...]
    edits: int = 0


@dataclass(frozen=True)
class Nearest:
    """A passage that has words of a quotation, and does not say it.

    `words_in_common` of the quotation's `words` stand in it together; only longer words are counted.
    """

    passage: Passage
    start: int
    text: str
    turn_ranges: tuple[TurnRange, ...]
    words_in_common: int


@dataclass(frozen=True)
class Judgement:
    """A verdict and the matches that it rests on, the best first; `is_complete` says that there are no more.

    `nearest` is shown where there is no match; it is none.
    """

    verdict: Verdict
    matches: tuple[Match, ...] = field(default=())
    is_complete: bool = True
    nearest: Nearest | None = None


def judge(
    text: str,
    passages: Iterable[Passage],
    names: Collection[str] = frozenset(),
    joints: Sequence[int] = (),
    go_on: Callable[[], None] = lambda: None,
) -> Judgement:
    """Judge a quotation by passages of the record. `names` are the keys of words that are always names.

    `joints` are the offsets at which an attribution interrupts the quotation.

    Each passage is judged on its own: other passages never change the verdict on it. `go_on` is called whenever
    one is read or looked at again; what it raises ends the judgement.
    """
    quotation = read_quotation(text, joints)
    if not quotation.words:
        return Judgement(Verdict.NOT_FOUND)
    candidates = _Candidates((TokenizedPassage(passage, quotation) for passage in passages), go_on)
    found: list[Match] = []
    for one in candidates:
        if len(found) > MAX_MATCHES:
            break
        found += _faithful_matches(quotation, one, names)
    if not _is_said_as_claimed(found):
        found += _matches_without_sounds(quotation, candidates, names)
    if not _is_said_as_claimed(found):
        # Where only somebody else said it, the claimed speaker may have said something close.
        others = {match.passage.id for match in found}
        rest = (
            one
            for one in candidates
            if one.passage.id not in others and not (found and one.passage.as_claimed is False)
        )
        found += _altered_matches(quotation, _Candidates(rest, go_on), names)
    judgement = _judgement(found)
    return judgement if judgement.matches else replace(judgement, nearest=_nearest(quotation, candidates))


class _Candidates:
    """The passages that a quotation is judged by. Before each is read or looked at again, `go_on` is called."""

    def __init__(self, passages: Iterable[TokenizedPassage], go_on: Callable[[], None]) -> None:
        self._go_on = go_on
        self._passages: list[TokenizedPassage] = []
        for one in passages:
            go_on()
            self._passages.append(one)

    def __iter__(self) -> Iterator[TokenizedPassage]:
        for one in self._passages:
            self._go_on()
            yield one


def _is_said_as_claimed(found: Iterable[Match]) -> bool:
    return any(match.passage.as_claimed is not False for match in found)


def _judgement(found: list[Match]) -> Judgement:
    order = list(Verdict)
    # A passage with what a listener put in is also a passage without.
    found = list({match.turn_ranges: match for match in reversed(found)}.values())[::-1]
    found = sorted(
        found, key=lambda match: (match.passage.as_claimed is False, order.index(match.verdict), match.edits)
    )
    shown = tuple(found[:MAX_MATCHES])
    if not shown:
        return Judgement(Verdict.NOT_FOUND)
    faithful = [match for match in found if match.verdict in FAITHFUL]
    if not faithful:
        verdict = Verdict.ALTERED
    elif faithful[0].passage.as_claimed is False:
        verdict = Verdict.MISATTRIBUTED
        # Passages that say it come before those in which the claimed speaker says something close.
        shown = tuple([*faithful, *(match for match in found if match not in faithful)][:MAX_MATCHES])
    else:
        verdict = faithful[0].verdict
    return Judgement(verdict, shown, len(found) <= MAX_MATCHES)


def _faithful_matches(quotation: Quotation, tokenized: TokenizedPassage, names: Collection[str]) -> Iterator[Match]:
    """Find the quotation in a passage unchanged, or unchanged except where it marks omissions and insertions."""
    length = len(quotation.words)
    is_whole = False
    for place in occurrences(quotation.encoded, tokenized.encoded, MAX_MATCHES + 1):
        runs = recheck_words(quotation, tokenized, [AlignedRun(RunKind.SAME, 0, length, place, place + length)])
        if len(runs) == 1:
            is_whole = True
            yield _match(quotation, tokenized, runs, Verdict.FOLDED, names)
    if not is_whole and (verbatim := _verbatim(quotation, tokenized)) is not None:
        is_whole = True
        yield verbatim
    if is_whole or not quotation.fragments:
        return
    taken: list[tuple[int, int]] = []
    for runs in align_fragments(quotation.encoded, quotation.fragments, tokenized.encoded, 4 * MAX_MATCHES):
        start, end = runs[0].start, runs[-1].end
        if any(start < last and first < end for first, last in taken) or len(taken) > MAX_MATCHES:
            continue
        taken.append((start, end))
        whole = show_replaced_at_beginning(quotation, tokenized, add_trailing_insertions(quotation, runs))
        if len(recheck_words(quotation, tokenized, whole)) == len(whole) and keep_meaning(
            quotation, tokenized, whole, names
        ):
            yield _match(quotation, tokenized, whole, Verdict.ELIDED, names)
        elif any(fragment.joint for fragment in quotation.fragments):
            # Halves that stand nearest in one sentence are of that sentence, wherever else they stand.
            return


def _matches_without_sounds(
    quotation: Quotation, candidates: Iterable[TokenizedPassage], names: Collection[str]
) -> list[Match]:
    """Find the quotation where the record notes sounds between its words, such as `[laughs]`, which nobody says."""
    found: list[Match] = []
    budget = _MAX_WORDS_COMPARED
    for one in candidates:
        budget -= len(one.encoded)
        if budget >= 0 and one.sounds and len(found) <= MAX_MATCHES:
            matches = _faithful_matches(quotation, one.without_sounds(), names)
            found += (replace(match, cautions=(*match.cautions, Caution.SOUND_LEFT_OUT)) for match in matches)
    return found


def _nearest(quotation: Quotation, candidates: Iterable[TokenizedPassage]) -> Nearest | None:
    best: tuple[int, TokenizedPassage, int, int] | None = None
    budget = _MAX_WORDS_NEAR
    for one in candidates:
        budget -= len(one.encoded)
        near = nearest_range(quotation, one) if budget >= 0 else None
        if near is not None and (best is None or near[0] > best[0]):
            best = (near[0], one, near[1], near[2])
    if best is None:
        return None
    common, tokenized, first, last = best
    start, end = tokenized.words[first].start, tokenized.words[last - 1].end
    return Nearest(tokenized.passage, start, tokenized.text[start:end], tokenized.turn_ranges(start, end), common)


def _verbatim(quotation: Quotation, tokenized: TokenizedPassage) -> Match | None:
    """Find a quotation character by character: cut out with half of its markup, it is read as other words."""
    start = tokenized.text.find(quotation.text)
    if start < 0:
        return None
    end = start + len(quotation.text)
    if any(word.start < cut < word.end for word in tokenized.words for cut in (start, end)):
        return None
    return Match(tokenized.passage, Verdict.EXACT, start, quotation.text, tokenized.turn_ranges(start, end), (), ())


def _altered_matches(
    quotation: Quotation, candidates: Iterable[TokenizedPassage], names: Collection[str]
) -> list[Match]:
    """Find the passages that differ from the quotation in the fewest words, where those are few enough."""
    least = allowed_edits(len(quotation.words))
    found: list[tuple[int, TokenizedPassage, list[AlignedRun]]] = []
    wanted = set(quotation.encoded)
    budget = _MAX_WORDS_COMPARED
    for one in candidates:
        if len(one.encoded) > budget or 2 * len(wanted.intersection(one.encoded)) < len(wanted):
            continue
        budget -= len(one.encoded)
        near = _closest_alignment(quotation, one, least)
        if near is not None:
            least = min(least, max(near[0], 1))
            found.append((near[0], one, near[1]))
    found = [one for one in found if one[0] <= least]
    if not found:
        found = _near_alignments(quotation, candidates)
    else:
        found = [_with_fewer_edits(quotation, edits, one, runs) for edits, one, runs in found[:_MAX_ALTERED]]
    return [_match(quotation, one, runs, Verdict.ALTERED, names, edits) for edits, one, runs in found[:_MAX_ALTERED]]


def _with_fewer_edits(
    quotation: Quotation, edits: int, tokenized: TokenizedPassage, runs: list[AlignedRun]
) -> tuple[int, TokenizedPassage, list[AlignedRun]]:
    """Take the alignment by what words may be otherwise where fewer differ so: `27` for `twenty-seven` is one."""
    near = None if quotation.fragments else _align_nearly(quotation, tokenized)
    return (edits, tokenized, runs) if near is None or near[0] >= edits else (max(near[0], 1), tokenized, near[1])


def _near_alignments(
    quotation: Quotation, candidates: Iterable[TokenizedPassage]
) -> list[tuple[int, TokenizedPassage, list[AlignedRun]]]:
    """Align a quotation with the passages where slips, spellings, numbers in words and fillers count little."""
    found: list[tuple[int, TokenizedPassage, list[AlignedRun]]] = []
    budget = _MAX_WORDS_NEAR
    wanted = set(quotation.encoded)
    for one in candidates:
        # Passages are cheap to leave out by the words that they have as they are written.
        if _LEAST_SHARE * len(wanted) > len(wanted.intersection(one.encoded)) or len(one.encoded) > budget:
            continue
        budget -= len(one.encoded)
        near = _align_nearly(quotation, one)
        if near is not None:
            found.append((near[0], one, near[1]))
    least = min((edits for edits, _one, _runs in found), default=0)
    return [one for one in found if one[0] == least]


def _align_nearly(quotation: Quotation, tokenized: TokenizedPassage) -> tuple[int, list[AlignedRun]] | None:
    near = align_nearly(quotation, tokenized)
    if near is None:
        return None
    runs = add_trailing_insertions(quotation, near[1])
    return near[0], show_replaced_at_beginning(quotation, tokenized, runs) if quotation.fragments else runs


def _closest_alignment(
    quotation: Quotation, tokenized: TokenizedPassage, limit: int
) -> tuple[int, list[AlignedRun]] | None:
    """Align a quotation with a passage as one text, in fragments, or with a gap, whichever needs the fewest edits."""
    tried: list[tuple[int, list[AlignedRun]] | None] = []
    if quotation.fragments:
        in_order = align_fragments(quotation.encoded, quotation.fragments, tokenized.encoded, 1)
        if in_order:
            # The fragments are in order, but a mark between them changes the meaning.
            whole = add_trailing_insertions(quotation, in_order[0])
            tried.append((1, show_replaced_at_beginning(quotation, tokenized, whole)))
        apart = align_fragments_separately(quotation.encoded, quotation.fragments, tokenized.encoded, limit)
        tried.append(apart and (apart[0], add_trailing_insertions(quotation, apart[1])))
    elif (with_gap := align_with_gap(quotation.encoded, tokenized.encoded)) is not None:
        tried.append((1, with_gap))
    # Of equally few edits, those at a mark of the quotation are shown.
    at = len(tried) if quotation.fragments else 0
    tried.insert(at, align_approximately(quotation.encoded, tokenized.encoded, limit))
    best = min((one for one in tried if one is not None), key=lambda one: one[0], default=None)
    if best is None or best[0] > limit:
        return None
    return best[0], recheck_words(quotation, tokenized, best[1])


def _match(
    quotation: Quotation,
    tokenized: TokenizedPassage,
    runs: list[AlignedRun],
    verdict: Verdict,
    names: Collection[str],
    edits: int = 0,
) -> Match:
    start = tokenized.words[min(run.start for run in runs if run.end > run.start)].start
    end = tokenized.words[max(run.end for run in runs if run.end > run.start) - 1].end
    start, end = _with_punctuation(quotation, tokenized.text, start, end)
    if verdict is Verdict.FOLDED and tokenized.text[start:end] == quotation.text:
        verdict = Verdict.EXACT
    writer = DifferenceWriter(quotation, tokenized, start, names)
    differences = [] if verdict is Verdict.EXACT else list(islice(writer.differences(runs), _MAX_DIFFERENCES))
    cautions = []
    # Omissions usually leave out names and quantities, which changes nothing.
    omitted = (word for one in differences if one.kind is DifferenceKind.OMITTED for word in one.meaningful_words)
    if any(word.meaning in _SHOWN_WHERE_OMITTED for word in omitted):
        cautions.append(Caution.MEANING_OMITTED)
    if verdict is not Verdict.EXACT and question_mark_differs(quotation, tokenized, runs):
        cautions.append(Caution.QUESTION_MARK)
    if tokenized.is_interrupted(start, end):
        cautions.append(Caution.LISTENER_LEFT_OUT)
    return Match(
        tokenized.passage,
        verdict,
        start,
        tokenized.text[start:end],
        tokenized.turn_ranges(start, end),
        tuple(differences),
        tuple(cautions),
        edits,
    )


def _with_punctuation(quotation: Quotation, text: str, start: int, end: int) -> tuple[int, int]:
    """Extend a match over the punctuation around its words where the quotation has the same."""
    before = quotation.text[: quotation.words[0].start]
    after = quotation.text[quotation.words[-1].end :]
    if before and start >= len(before) and text[start - len(before) : start] == before:
        start -= len(before)
    if after and text[end : end + len(after)] == after:
        end += len(after)
    return start, end
