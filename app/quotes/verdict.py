"""The verdict on a quotation: which passages say it, in these words or nearly, and what differs. Decided by words that
are aligned and never by a similarity: a passage with one "not" more is nearly the same and means the opposite.

A quotation begins and ends where words do: "can" is not in "can't", nor "legal" in "illegal", though every character
is.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from app.quotes.alignment import (
    SHORTEST_TELLING,
    AlignedRun,
    Fragment,
    RunKind,
    align_fragments,
    allowed_edits,
    nearly,
    occurrences,
    with_a_hole,
)
from app.quotes.differences import DifferenceKind, DifferenceWriter, WordDifference, asks_otherwise
from app.quotes.meaning import Meaning, meanings_of
from app.quotes.passage import Passage, TokenizedPassage, TurnRange
from app.quotes.quotation import Quotation, read_quotation
from app.quotes.tokens import is_same_word

# Longer quotations are refused where they come in.
MAX_QUOTATION_LENGTH = 10_000
MAX_MATCHES = 20
_MAX_ALTERED = 3
_MAX_DIFFERENCES = 100
# What the search for near passages may cost, in words times words, and how many passages it may look into.
_MAX_NEAR_WORDS = 150_000


class Verdict(StrEnum):
    """What is true of a quotation, the best first."""

    EXACT = "exact"
    FOLDED = "folded"
    ELIDED = "elided"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


FAITHFUL = (Verdict.EXACT, Verdict.FOLDED, Verdict.ELIDED)


class Caution(StrEnum):
    """What a reader should look at although the words are right."""

    MEANING_OMITTED = "meaning_omitted"
    QUESTION_MARK = "question_mark"
    SPEAKER_UNKNOWN = "speaker_unknown"
    SPEAKER_UNNAMED = "speaker_unnamed"
    SAME_NAME = "same_name"


@dataclass(frozen=True)
class Match:
    """A passage that says the quotation, or nearly: where, in which words, and what differs."""

    passage: Passage
    verdict: Verdict
    # Where it begins in the passage's text.
    start: int
    text: str
    turn_ranges: tuple[TurnRange, ...]
    differences: tuple[WordDifference, ...]
    cautions: tuple[Caution, ...]
    edits: int = 0


@dataclass(frozen=True)
class Judgement:
    """The verdict, and the matches that it rests on, the best first. Not `is_complete` where there are more."""

    verdict: Verdict
    matches: tuple[Match, ...] = field(default=())
    is_complete: bool = True


def judge(text: str, passages: Iterable[Passage], names: Collection[str] = frozenset()) -> Judgement:
    """Judge a quotation by passages of the record. `names` are keys of words that are names wherever they stand.

    A passage is judged by itself: what else is in the record never makes a verdict on it better or worse.
    """
    quotation = read_quotation(text)
    if not quotation.words:
        return Judgement(Verdict.NOT_FOUND)
    read = [TokenizedPassage(passage, quotation) for passage in passages]
    found: list[Match] = []
    for one in read:
        if len(found) > MAX_MATCHES:
            break
        found += _faithful(quotation, one, names)
    if not any(match.passage.as_claimed is not False for match in found):
        # Where somebody else said it, the one who is claimed may have said it nearly.
        others = {match.passage.id for match in found}
        rest = [one for one in read if one.passage.id not in others and not (found and one.passage.as_claimed is False)]
        found += _altered(quotation, rest, names)
    return _judgement(found)


def _judgement(found: list[Match]) -> Judgement:
    order = list(Verdict)
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
        # What was said comes before what the other one said nearly.
        shown = tuple([*faithful, *(match for match in found if match not in faithful)][:MAX_MATCHES])
    else:
        verdict = faithful[0].verdict
    return Judgement(verdict, shown, len(found) <= MAX_MATCHES)


def _faithful(quotation: Quotation, read: TokenizedPassage, names: Collection[str]) -> Iterator[Match]:
    """Find the quotation whole in a passage, or in order between its own marks of omission."""
    length = len(quotation.words)
    is_whole = False
    for place in occurrences(quotation.encoded, read.encoded, MAX_MATCHES + 1):
        runs = _checked(quotation, read, [AlignedRun(RunKind.SAME, 0, length, place, place + length)])
        if len(runs) == 1:
            is_whole = True
            yield _match(quotation, read, runs, Verdict.FOLDED, names)
    if not is_whole and (verbatim := _verbatim(quotation, read)) is not None:
        is_whole = True
        yield verbatim
    if is_whole or not quotation.fragments:
        return
    taken: list[tuple[int, int]] = []
    for runs in align_fragments(quotation.encoded, quotation.fragments, read.encoded, 4 * MAX_MATCHES):
        start, end = runs[0].start, runs[-1].end
        if any(start < last and first < end for first, last in taken) or len(taken) > MAX_MATCHES:
            continue
        taken.append((start, end))
        whole = _with_ends(quotation, runs)
        if len(_checked(quotation, read, whole)) == len(whole) and all(
            _is_honest(quotation, read, run) for run in whole
        ):
            yield _match(quotation, read, whole, Verdict.ELIDED, names)


def _verbatim(quotation: Quotation, read: TokenizedPassage) -> Match | None:
    """Find a quotation that is cut out of the record with half of its markup, of which other words are read."""
    start = read.text.find(quotation.text)
    if start < 0:
        return None
    end = start + len(quotation.text)
    if any(word.start < cut < word.end for word in read.words for cut in (start, end)):
        return None
    return Match(read.passage, Verdict.EXACT, start, quotation.text, read.turn_ranges(start, end), (), ())


def _with_ends(quotation: Quotation, runs: list[AlignedRun]) -> list[AlignedRun]:
    end = runs[-1].end
    return [*runs, *(AlignedRun(RunKind.INSERTED, first, last, end, end) for first, last in quotation.ends)]


def _is_honest(quotation: Quotation, read: TokenizedPassage, run: AlignedRun) -> bool:
    """Whether a bracketed insertion leaves the sense alone: it neither adds nor hides a negation or a modal verb."""
    if run.kind is not RunKind.INSERTED:
        return True
    quoted = _carried(word.text for word in quotation.words[run.quoted_start : run.quoted_end])
    # What an ellipsis beside it leaves out is shown as omitted.
    if any(
        fragment.elastic and fragment.inserted == (run.quoted_start, run.quoted_end) for fragment in quotation.fragments
    ):
        return not quoted
    return quoted == _carried(word.text for word in read.words[run.start : run.end])


def _carried(words: Iterable[str]) -> list[Meaning]:
    return sorted(
        meaning for word in words for meaning in meanings_of(word) if meaning in {Meaning.NEGATION, Meaning.MODALITY}
    )


def _altered(quotation: Quotation, read: Sequence[TokenizedPassage], names: Collection[str]) -> list[Match]:
    """Find the passages that come nearest, where one comes near enough."""
    least = allowed_edits(len(quotation.words))
    found: list[tuple[int, TokenizedPassage, list[AlignedRun]]] = []
    wanted = set(quotation.encoded)
    budget = _MAX_NEAR_WORDS
    for one in read:
        if len(one.encoded) > budget or 2 * len(wanted.intersection(one.encoded)) < len(wanted):
            continue
        budget -= len(one.encoded)
        near = _nearest(quotation, one, least)
        if near is not None:
            least = min(least, max(near[0], 1))
            found.append((near[0], one, near[1]))
    found = [one for one in found if one[0] <= least]
    return [_match(quotation, one, runs, Verdict.ALTERED, names, edits) for edits, one, runs in found[:_MAX_ALTERED]]


def _nearest(quotation: Quotation, read: TokenizedPassage, most: int) -> tuple[int, list[AlignedRun]] | None:
    """Align a quotation with a passage, read literally, in fragments, or with a hole; the fewest differences decide."""
    tried = [nearly(quotation.encoded, read.encoded, most)]
    if quotation.fragments:
        tried.append(_fragments_nearly(quotation, read.encoded, most))
        in_order = align_fragments(quotation.encoded, quotation.fragments, read.encoded, 1)
        if in_order:
            # In order, but with an insertion that changes the sense.
            tried.append((1, _with_ends(quotation, in_order[0])))
    elif (runs := with_a_hole(quotation.encoded, read.encoded)) is not None:
        tried.append((1, runs))
    best = min((one for one in tried if one is not None), key=lambda one: one[0], default=None)
    if best is None or best[0] > most:
        return None
    return best[0], _checked(quotation, read, best[1])


def _fragments_nearly(quotation: Quotation, encoded: str, most: int) -> tuple[int, list[AlignedRun]] | None:
    """Align each fragment by itself, after the one before it where it stands there, or else anywhere."""
    lengths = [fragment.end - fragment.start for fragment in quotation.fragments]
    # Single words stand anywhere: most of a quotation has to be in longer fragments.
    if 2 * sum(length for length in lengths if length >= SHORTEST_TELLING) < sum(lengths):
        return None
    found: list[tuple[int, Fragment, list[AlignedRun]]] = []
    edits, reached = 0, 0
    for fragment in quotation.fragments:
        quoted = quotation.encoded[fragment.start : fragment.end]
        place = encoded.find(quoted, reached)
        place = encoded.find(quoted) if place < 0 else place
        if place >= 0:
            runs = [AlignedRun(RunKind.SAME, 0, len(quoted), place, place + len(quoted))]
        else:
            near = nearly(quoted, encoded, most - edits)
            if near is None:
                return None
            edits += near[0]
            runs = near[1]
        moved = [
            run._replace(quoted_start=run.quoted_start + fragment.start, quoted_end=run.quoted_end + fragment.start)
            for run in runs
        ]
        reached = max(reached, moved[-1].end)
        found.append((edits, fragment, moved))
    runs = []
    for _edits, fragment, own in found:
        if runs and own[0].start >= runs[-1].end:
            kind = RunKind.INSERTED if fragment.inserted else RunKind.OMITTED
            quoted_range = fragment.inserted or (fragment.start, fragment.start)
            runs.append(AlignedRun(kind, *quoted_range, runs[-1].end, own[0].start))
        runs += own
    return max(edits, 1), _with_ends(quotation, runs)


def _checked(quotation: Quotation, read: TokenizedPassage, runs: list[AlignedRun]) -> list[AlignedRun]:
    """Tell words apart that only look the same in capitals, such as Maße and Masse."""
    if quotation.text.isascii() and read.text.isascii():
        return runs
    checked: list[AlignedRun] = []
    for run in runs:
        if run.kind is not RunKind.SAME:
            checked.append(run)
            continue
        begun = run.quoted_start
        for step in range(run.quoted_start, run.quoted_end):
            place = run.start + step - run.quoted_start
            if is_same_word(quotation.words[step].text, read.words[place].text):
                continue
            shift = run.start - run.quoted_start
            if step > begun:
                checked.append(AlignedRun(RunKind.SAME, begun, step, begun + shift, step + shift))
            checked.append(AlignedRun(RunKind.REPLACED, step, step + 1, place, place + 1))
            begun = step + 1
        if begun < run.quoted_end:
            checked.append(
                AlignedRun(RunKind.SAME, begun, run.quoted_end, begun + run.start - run.quoted_start, run.end)
            )
    return checked


def _match(
    quotation: Quotation,
    read: TokenizedPassage,
    runs: list[AlignedRun],
    verdict: Verdict,
    names: Collection[str],
    edits: int = 0,
) -> Match:
    start = read.words[min(run.start for run in runs if run.end > run.start)].start
    end = read.words[max(run.end for run in runs if run.end > run.start) - 1].end
    start, end = _with_punctuation(quotation, read.text, start, end)
    if verdict is Verdict.FOLDED and read.text[start:end] == quotation.text:
        verdict = Verdict.EXACT
    writer = DifferenceWriter(quotation, read, start, names)
    differences = [] if verdict is Verdict.EXACT else list(islice(writer.differences(runs), _MAX_DIFFERENCES))
    cautions = []
    # Names are what omissions are made for.
    omitted = (telling for one in differences if one.kind is DifferenceKind.OMITTED for telling in one.meaningful_words)
    if any(telling.meaning is not Meaning.NAME for telling in omitted):
        cautions.append(Caution.MEANING_OMITTED)
    if verdict is not Verdict.EXACT and asks_otherwise(quotation, read, runs):
        cautions.append(Caution.QUESTION_MARK)
    return Match(
        read.passage,
        verdict,
        start,
        read.text[start:end],
        read.turn_ranges(start, end),
        tuple(differences),
        tuple(cautions),
        edits,
    )


def _with_punctuation(quotation: Quotation, text: str, start: int, end: int) -> tuple[int, int]:
    """Take what stands around the words into the match where the quotation has the same there."""
    before = quotation.text[: quotation.words[0].start]
    after = quotation.text[quotation.words[-1].end :]
    if before and start >= len(before) and text[start - len(before) : start] == before:
        start -= len(before)
    if after and text[end : end + len(after)] == after:
        end += len(after)
    return start, end
