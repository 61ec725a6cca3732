"""Takes off the numbers in front of labels that count turns or questions: `12. Jane Roe:`, `Q3   Chair:`, `[4] JR:`."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.transcripts.labels import is_speaker_word, label_key
from app.transcripts.printed_labels import SpeakerLabel, leading_label
from app.transcripts.text_lines import LineKind, TakenOff, TextLine
from app.transcripts.transcript import ByteClass, TurnKind

_NUMBER = re.compile(
    r"[ \t]{0,20}(?P<asks>Q\.?[ ]?)?[\[(#]?(?P<number>\d{1,4})[\])]?[.):]?[ \t\u00a0]{1,40}(?=[^\W\d_*])"
)
_ASIDE = re.compile(r"\([^()]{0,80}\)")
# Numbers may skip a few: what has no label behind its number is no turn.
_LARGEST_STEP = 5


@dataclass(frozen=True, slots=True)
class _Numbered:
    line: TextLine
    number: int
    asks: bool
    end: int
    label: SpeakerLabel


def take_turn_numbers(text: str, lines: Sequence[TextLine]) -> None:
    """Take off numbers that ascend from label to label, or whose label also stands elsewhere without a number.

    A label behind the number of a question asks.
    """
    found = []
    plain: Counter[str] = Counter()
    for line in lines:
        if line.kind not in {LineKind.TEXT, LineKind.NOTE} or line.in_code:
            continue
        match = _NUMBER.match(text, line.start, min(line.end, line.start + 80))
        label = leading_label(text[match.end() : line.end]) if match else None
        if match and label and label.style == "colon" and not label.text[0].islower():
            found.append(_Numbered(line, int(match["number"]), bool(match["asks"]), match.end(), label))
        elif line.label:
            plain[_key(line.label.text)] += 1
    ascending = len(found) > 1 and all(
        0 < after.number - before.number <= _LARGEST_STEP for before, after in pairwise(found)
    )
    for each in found:
        if ascending or plain[_key(each.label.text)] or is_speaker_word(each.label.text):
            _take(each)


def _key(label: str) -> str:
    return label_key(_ASIDE.sub("", label))


def _take(each: _Numbered) -> None:
    line = each.line
    line.off = (TakenOff(line.start, each.end, ByteClass.MARKUP, "turn-numbers"), *line.off)
    line.start = line.text_start = each.end
    line.label, line.kind = each.label, LineKind.TEXT
    line.stated = TurnKind.QUESTION if each.asks else None
