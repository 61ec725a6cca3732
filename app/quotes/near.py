"""Aligns a quotation with a passage that says it nearly, and finds the passage that has most of its words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.quotes.alignment import (
    AlignedRun,
    Fragment,
    RunKind,
    align_approximately,
    align_fragments,
    align_fragments_separately,
    align_with_gap,
    allowed_edits,
)
from app.quotes.passage import TokenizedPassage
from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, is_same_word, key_of
from app.quotes.units import Unit, join_divided, range_of_units, slips, units_of

_FIRST_CODE, _LAST_CODE = 0x100, 0xD7FF
_UNKNOWN = "\0"
# Words in common at least for a passage to be shown as the nearest one; shorter words are in any passage.
_FEWEST_IN_COMMON = 2
_LEAST_SHARE = 0.4
_LONG_WORD = 4


def align_nearly(quotation: Quotation, tokenized: TokenizedPassage) -> tuple[int, list[AlignedRun]] | None:
    """Align a quotation with a passage where slips, spellings, numbers in words and fillers count little.

    Returns the number of differences that count, and runs of words; None where too many words differ.
    """
    said = tokenized.units
    cuts = {place for fragment in quotation.fragments for place in (fragment.start, fragment.end)}
    quoted = units_of([word.text for word in quotation.words], cuts)
    said = join_divided(said, {unit.key for unit in quoted})
    quoted = join_divided(quoted, {unit.key for unit in said})
    if len(quoted) < 3:
        return None
    quoted_encoded, encoded = _encoded(quoted, said)
    limit = allowed_edits(len(quoted))
    fragments = _in_units(quotation.fragments, quoted)
    tried = [align_approximately(quoted_encoded, encoded, limit)]
    if fragments:
        in_order = align_fragments(quoted_encoded, fragments, encoded, 1)
        if in_order:
            tried.append((0, in_order[0]))
        tried.append(align_fragments_separately(quoted_encoded, fragments, encoded, limit))
    elif (with_gap := align_with_gap(quoted_encoded, encoded)) is not None:
        tried.append((1, with_gap))
    best = min((one for one in tried if one is not None), key=lambda one: one[0], default=None)
    if best is None or best[0] > limit:
        return None
    return best[0], _in_words(quotation.words, quoted, tokenized.words, said, best[1])


def _encoded(quoted: Sequence[Unit], said: Sequence[Unit]) -> tuple[str, str]:
    """Encode the units of both as one character each; a slip of a word is encoded as that word."""
    codes: dict[str, str] = {}
    for unit in quoted:
        codes.setdefault(unit.key, chr(min(_FIRST_CODE + len(codes), _LAST_CODE)))
    near = slips(codes, {unit.key for unit in said})
    encoded = "".join(codes.get(near.get(unit.key, unit.key), _UNKNOWN) for unit in said)
    return "".join(codes[unit.key] for unit in quoted), encoded


def _in_units(fragments: Sequence[Fragment], quoted: Sequence[Unit]) -> list[Fragment]:
    found: list[Fragment] = []
    for fragment in fragments:
        start, end = range_of_units(quoted, fragment.start, fragment.end)
        if end > start:
            inserted = fragment.inserted and range_of_units(quoted, *fragment.inserted)
            found.append(replace(fragment, start=start, end=end, inserted=inserted))
    return found


def _in_words(
    quoted_words: Sequence[Token],
    quoted: Sequence[Unit],
    words: Sequence[Token],
    said: Sequence[Unit],
    runs: Sequence[AlignedRun],
) -> list[AlignedRun]:
    """Turn runs of units into runs of words: what is no unit on one side was added or left out."""
    found: list[AlignedRun] = []
    reached: tuple[int, int] | None = None

    def add(kind: RunKind, quoted_start: int, quoted_end: int, start: int, end: int) -> None:
        if quoted_end == quoted_start and end == start:
            return
        last = found[-1] if found else None
        if last is not None and last.kind is kind is RunKind.SAME and (last.quoted_end, last.end) == (
            quoted_start, start
        ):  # fmt: skip
            found[-1] = last._replace(quoted_end=quoted_end, end=end)
        else:
            found.append(AlignedRun(kind, quoted_start, quoted_end, start, end))

    def between(quoted_start: int, start: int) -> None:
        """Add the words up to these, which are no units."""
        if reached is None or quoted_start < reached[0] or start < reached[1]:
            return
        begin, at = reached
        if [key_of(word.text) for word in quoted_words[begin:quoted_start]] == [
            key_of(word.text) for word in words[at:start]
        ]:
            add(RunKind.SAME, begin, quoted_start, at, start)
            return
        add(RunKind.ADDED, begin, quoted_start, at, at)
        add(RunKind.LEFT_OUT, quoted_start, quoted_start, at, start)

    for run in runs:
        if run.kind is RunKind.SAME:
            for one, other in zip(quoted[run.quoted_start : run.quoted_end], said[run.start : run.end], strict=True):
                between(one.start, other.start)
                kind = RunKind.SAME if _are_same(quoted_words, one, words, other) else RunKind.REPLACED
                add(kind, one.start, one.end, other.start, other.end)
                reached = one.end, other.end
            continue
        quoted_start, quoted_end = _words_of(quoted, run.quoted_start, run.quoted_end, reached and reached[0])
        start, end = _words_of(said, run.start, run.end, reached and reached[1])
        between(quoted_start, start)
        add(run.kind, quoted_start, quoted_end, start, end)
        reached = quoted_end, end
    return found


def _words_of(units: Sequence[Unit], start: int, end: int, reached: int | None) -> tuple[int, int]:
    if end > start:
        return units[start].start, units[end - 1].end
    place = units[start].start if start < len(units) else units[-1].end
    return (place, place) if reached is None else (reached, reached)


def _are_same(quoted_words: Sequence[Token], one: Unit, words: Sequence[Token], other: Unit) -> bool:
    first, second = quoted_words[one.start : one.end], words[other.start : other.end]
    return len(first) == len(second) and all(
        key_of(mine.text) == key_of(theirs.text) and is_same_word(mine.text, theirs.text)
        for mine, theirs in zip(first, second, strict=True)
    )


def nearest_range(quotation: Quotation, tokenized: TokenizedPassage) -> tuple[int, int, int] | None:
    """Return how many long words of a quotation stand together in a passage, and the range of words they stand in.

    The range is as long as the quotation. None where too few stand there.
    """
    wanted = Counter(
        unit.key for unit in units_of([word.text for word in quotation.words]) if len(unit.key) >= _LONG_WORD
    )
    least = max(_FEWEST_IN_COMMON, round(_LEAST_SHARE * wanted.total()))
    said = tokenized.units
    length = max(len(quotation.words), 1)
    missing = Counter(wanted)
    count, best, first = 0, (0, 0), 0
    for last, unit in enumerate(said):
        if unit.key in wanted:
            count += missing[unit.key] > 0
            missing[unit.key] -= 1
        while last - first >= length:
            if said[first].key in wanted:
                missing[said[first].key] += 1
                count -= missing[said[first].key] > 0
            first += 1
        if count > best[0]:
            best = count, first
    if best[0] < least:
        return None
    window = said[best[1] : best[1] + length]
    matched = [unit for unit in window if unit.key in wanted]
    return best[0], matched[0].start, matched[-1].end
