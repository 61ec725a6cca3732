"""Finds the label candidates of lines, has them decided on, and says of each line whether a speaker begins there."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, zip_longest

from app.transcripts.front_matter import FrontMatter
from app.transcripts.label_decision import (
    HEADING,
    ONLY_ADDRESS,
    Decision,
    Outcome,
    Verdict,
    decide,
    speakers_among,
)
from app.transcripts.label_evidence import DENSE, Candidate, FileFacts
from app.transcripts.label_words import ABBREVIATIONS
from app.transcripts.labels import initial_tiers, is_name_shaped, is_person, is_speaker_word, label_key
from app.transcripts.people import expected_names
from app.transcripts.printed_labels import SpeakerLabel, colon_label, leading_label
from app.transcripts.text_lines import LineKind, TakenOff, TextLine
from app.transcripts.transcript import ByteClass, Ledger
from app.transcripts.urls import address_on_its_own

__all__ = ["find_labels", "find_speakers", "remark_prose_labels", "speakers_among"]

_ADDRESS_MARKS = frozenset("/@_")
# Characters that are split into words at a time: a list of all words of a large file could exceed memory.
_WINDOW = 1_000_000
# What a misprint makes of a colon, or of a time and a colon, behind a name; behind initials, of a time in brackets.
_MISPRINT = (
    r"(?P<sign>[ \t]{0,2}(?:;|[(\[]?\d[\d:;.,]{2,11}[)\]]?:)|[ \t]{1,2}[-–—](?=[ \t])|\.(?=[ \t]{1,4}[A-Z¿¡À-Þ]))"
    r"[ \t]{1,4}(?=\S)"
)
_MISPRINTED_TIME = r"(?P<time>[ \t]{0,2}(?:[(\[]\d[\d:;.,]{2,11}[)\]]:|;))[ \t]{1,4}(?=\S)"
# Behind initials a period, a dash or nothing leaves a doubt.
_UNSURE = r"(?:\.|[ \t]{1,2}[-–—])?[ \t]{1,4}(?=[A-Z¿¡À-Þ\"“])"
MISPRINTED = "it is misprinted, and all other lines have a label"
# Letters of initials, at most.
_LONGEST_INITIALS = 4
# Names that misprints are searched for of, at most.
_MOST_NAMES = 100
_INITIAL_AND_SURNAME = re.compile(r"[ \t]{0,8}[QA]\. [A-Z][\w'’-]{2,30}:[ \t]")
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "։", "।", ":", ";", "-", "–", "—")
_CLOSING_MARKS = " \t\u00a0\"'”’»)]}*_>♪"
_ARROWS = re.compile(r"[ \t]{0,8}>{2,3}[ \t]{0,4}(?=\S)")
# `THE FARM: 1960-1970` is a heading.
_YEARS = re.compile(r"\(?\d{4}(?:[ ]?[-–—][ ]?(?:\d{2,4})?)\)?")
_WORD = re.compile(r"[^\W\d_]+")
# Characters of a line that can be an address and nothing else, at most.
_LONGEST_REFERENCE = 600
_QUESTION_OR_ANSWER = frozenset("QA")


def find_labels(text: str, lines: Sequence[TextLine]) -> None:
    """Set the label candidate of every line of text."""
    for line in lines:
        if line.kind is LineKind.TEXT and not line.in_code:
            line.label = leading_label(text[line.start : line.end])
    marked = [line for line in lines if line.label and line.label.style == "period" and line.label.text in "QA"]
    initials = [line for line in marked if _INITIAL_AND_SURNAME.match(text, line.start, line.end)]
    # `A. Holm: hello` names Holm, unless `A.` stands in front of answers in this file.
    if len(initials) == len(marked):
        for line in initials:
            line.label = colon_label(text[line.start : line.end]) or line.label


def _strings(text: str) -> Counter[str]:
    """Count the different strings between white space."""
    tokens: Counter[str] = Counter()
    start = 0
    while start < len(text):
        end = text.find(" ", start + _WINDOW)
        end = len(text) if end < 0 else end
        tokens.update(text[start:end].split())
        start = end
    return tokens


# Several formats examine the same text, one after another.
@lru_cache(maxsize=1)
def _words(text: str) -> tuple[frozenset[str], Counter[str]]:
    """Collect the words that a text prints in lower case, and count those with a capital."""
    # Addresses and file names print names in lower case too.
    tokens = _strings(text)
    if any(mark in text for mark in _ADDRESS_MARKS):
        tokens = Counter({token: count for token, count in tokens.items() if _ADDRESS_MARKS.isdisjoint(token)})
    plain = " ".join(tokens)
    capital: Counter[str] = Counter()
    for token, count in tokens.items():
        for word in _WORD.findall(token) if not token.islower() else ():
            if word[0].isupper():
                capital[word] += count
    return frozenset(filter(str.islower, _WORD.findall(plain))), capital


def find_speakers(text: str, lines: Sequence[TextLine], front: FrontMatter) -> tuple[frozenset[str], int]:
    """Return the labels that are speakers, and the number of lines that begin with one.

    Each line that begins like a label gets its verdict. Where that is no speaker, the label is taken off the line.
    """
    _cut_off_headings(lines)
    decision = _decision(text, lines, front)
    count = 0
    for line in lines:
        if line.label is None:
            continue
        line.verdict = decision.of(line.label.text, line.label.style)
        if line.verdict.is_speaker:
            line.kind = LineKind.TEXT
            count += 1
        else:
            if line.verdict.reason == HEADING and line.begins_paragraph and line.kind is LineKind.TEXT:
                line.kind = LineKind.HEADING
            line.refused_label, line.label = line.label.text, None
    _set_references_apart(lines)
    _hear_arrows(text, lines)
    count += _take_misprints(text, lines, decision)
    return decision.speakers | {line.label.text for line in lines if line.label}, count


def _take_misprints(text: str, lines: Sequence[TextLine], decision: Decision) -> int:
    """Take `Jens Roe; hello` and `Jens Roe 00:0:9: hello` where nearly all lines have a label; return how many.

    A line that begins with somebody's name and no sign behind it is a doubt.
    """
    labels = sorted(decision.speakers, key=len, reverse=True)
    names = [label for label in labels if " " in label][:_MOST_NAMES]
    short = [label for label in labels if " " not in label and len(label) > 1]
    short = [*short, *(initial_tiers(name)[0].upper() for name in names if len(name.split()) > 1)][: 2 * _MOST_NAMES]
    if not names and not short:
        return 0
    places = [line for line in lines if line.kind is LineKind.TEXT]
    full = rf"(?P<label>{'|'.join(map(re.escape, names)) or '(?!)'})(?:{_MISPRINT}|(?= [A-Z¿¡À-Þ]))"
    initials = rf"(?P<initials>{'|'.join(map(re.escape, short)) or '(?!)'}){_MISPRINTED_TIME}"
    capitals = [label for label in short if label.isupper() and len(label) <= _LONGEST_INITIALS]
    unsure = rf"(?P<unsure>{'|'.join(map(re.escape, capitals)) or '(?!)'}){_UNSURE}"
    pattern = re.compile(rf"[ \t]{{0,8}}(?:{full}|{initials}|{unsure})")
    found = [(line, pattern.match(text, line.start, line.end)) for line in places if line.label is None]
    begun = {id(line) for line, match in found if match and (match["sign"] or match["time"] or match["unsure"])} | {
        id(each) for each in places if each.label
    }
    paragraphs = [line for line in places if line.begins_paragraph]
    per_line, per_paragraph = (
        sum(id(line) in begun for line in some) / len(some) if some else 0.0 for some in (places, paragraphs)
    )
    count = 0
    for line, match in found:
        if match is None or not (per_line >= DENSE or (line.begins_paragraph and per_paragraph >= DENSE)):
            continue
        label = match["label"] or match["initials"] or match["unsure"]
        if match["sign"] is None and match["time"] is None:
            line.refused_label, line.verdict = label, Verdict(Outcome.DOUBT, "the colon behind the name is missing")
            continue
        start, end = (at - line.start for at in match.span("label" if match["label"] else "initials"))
        printed = leading_label(text[line.start : line.end])
        if printed is None or printed.text != label:
            printed = SpeakerLabel(label, start, end, match.end() - line.start)
        line.label = printed
        line.verdict = Verdict(Outcome.SPEAKER, MISPRINTED)
        count += 1
    return count


def _set_references_apart(lines: Sequence[TextLine]) -> None:
    """Make notes of paragraphs such as `Slides: https://...` that no speech of the same speaker follows."""
    with_text = [line for line in lines if line.kind is not LineKind.BLANK]
    for line, following in zip_longest(with_text, with_text[1:]):
        if (
            line.verdict
            and line.verdict.reason == ONLY_ADDRESS
            and line.begins_paragraph
            and (following is None or following.label is not None or following.kind is not LineKind.TEXT)
        ):
            line.kind = LineKind.NOTE


def _hear_arrows(text: str, lines: Sequence[TextLine]) -> None:
    """Where labels stand behind arrows (`>> IDA:`), arrows without a label begin somebody who is not named."""
    marked = [line for line in lines if line.kind is LineKind.TEXT and _ARROWS.match(text, line.start, line.end)]
    if not any(line.label for line in marked):
        return
    for line in marked:
        arrows = _ARROWS.match(text, line.start, line.end)
        if line.label is None and arrows:
            line.off += (TakenOff(arrows.start(), arrows.end(), ByteClass.LABEL, "arrows"),)
            line.start = line.text_start = arrows.end()
            line.verdict = Verdict(Outcome.DOUBT, "arrows without a label begin another one")
            line.refused_label = line.refused_label or arrows[0].strip()


def _decision(text: str, lines: Sequence[TextLine], front: FrontMatter) -> Decision:
    lower, capital = _words(text)
    people = expected_names(front.metadata.speakers, front.people)
    places = [line for line in lines if line.kind is LineKind.TEXT or line.label]
    by_paragraph = [line for line in places if line.begins_paragraph]
    per_line = _share(places)
    per_paragraph = _share(by_paragraph) if len(by_paragraph) > 2 else 0.0
    facts = FileFacts(tuple(people), lower, capital, max(per_line, per_paragraph))
    # Labels stand inside paragraphs only where some that recur do, or where half of all labels do.
    labelled = [line for line in places if line.label]
    recurs = Counter(label_key(line.label.text) for line in labelled if line.label)
    within = [line for line in labelled if not line.begins_paragraph]
    inside = per_line >= per_paragraph and (
        2 * len(within) >= len(labelled) or any(recurs[label_key(line.label.text)] > 1 for line in within if line.label)
    )
    candidates = []
    opens = _sentence_ends(text, places, recurs)
    for index, line in enumerate(places):
        if line.label:
            rest = text[line.start + line.label.speech_start : line.end].strip()
            following = places[index + 1] if index + 1 < len(places) else None
            candidates.append(
                Candidate(
                    line.label.text,
                    line.label.style,
                    timed=line.label.time_start is not None,
                    speaks=bool(_YEARS.sub("", rest)) or (following is not None and following.label is None),
                    refers=bool(rest) and _is_reference(rest),
                    asks="?" in rest or "？" in rest or "؟" in rest,
                    leads=line.begins_paragraph or inside,
                    opens=index not in opens,
                )
            )
    return decide(candidates, facts)


def _sentence_ends(text: str, places: Sequence[TextLine], recurs: Counter[str]) -> set[int]:
    """Return the places with a label inside a paragraph where the line before has ended no sentence.

    None, if labels that recur stand in such places too: the text has no punctuation. None either, if no label recurs
    and every line has one: each of them may be somebody's only one.
    """
    if all(line.label for line in places) and max(recurs.values(), default=0) == 1:
        return set()
    found = {
        index
        for index, (before, line) in enumerate(pairwise(places), 1)
        if line.label
        and not line.begins_paragraph
        and not text[before.start : before.end].rstrip(_CLOSING_MARKS).endswith(_SENTENCE_ENDS)
    }
    clear = [line.label.text for line in (places[index] for index in found) if line.label]
    return set() if any(recurs[label_key(label)] > 1 for label in clear) else found


def _share(places: Sequence[TextLine]) -> float:
    return sum(line.label is not None for line in places) / len(places) if places else 0.0


def _is_reference(words: str) -> bool:
    """Whether words are an address and nothing else, with or without angle brackets."""
    if len(words) > _LONGEST_REFERENCE or " " in words:
        return False
    return address_on_its_own(words.strip("<>").rstrip(".")) is not None


def _cut_off_headings(lines: Sequence[TextLine]) -> None:
    """Cut headings off the labels in capitals behind them: `OPENING STATEMENT THE PRESIDENT. ...`."""
    capitals = [line for line in lines if line.label and line.label.style == "period"]
    counts = Counter(line.label.text for line in capitals if line.label)
    on_their_own = {label for label, count in counts.items() if count > 1 or is_speaker_word(label)}
    for line in capitals:
        label = line.label
        if label is None:
            continue
        words = label.text.split(" ")
        # Nobody is called `I Q`: a letter or a number in front of `Q.` is a misprint of `[1]`.
        if len(words) == 2 and words[1] in _QUESTION_OR_ANSWER and len(words[0]) == 1:
            line.label = replace(label, text=words[1], start=label.end - 1)
            continue
        if label.text in on_their_own and words[-1] not in _QUESTION_OR_ANSWER:
            continue
        # In `MR. SMITH` there is no heading `MR.`.
        first_end = next((n for n, word in enumerate(words) if word.strip(".") not in ABBREVIATIONS), 0) + 1
        suffixes = (" ".join(words[first:]) for first in range(first_end, len(words)))
        if spoken := next((suffix for suffix in suffixes if suffix in on_their_own), None):
            start = label.end - len(spoken)
            line.label = replace(label, text=spoken, start=start)
            line.heading_end = line.start + start


def remark_prose_labels(lines: Sequence[TextLine], ledger: Ledger) -> None:
    """Remark once on each label candidate that is no speaker, and say why."""
    noted: set[tuple[str, Outcome]] = set()
    for line in lines:
        if line.label and line.verdict and line.verdict.reason == MISPRINTED:
            ledger.remark("misprinted-label", f"the label {line.label.text!r} is misprinted here", line.start)
        if line.refused_label is None or line.verdict is None or (line.refused_label, line.verdict.outcome) in noted:
            continue
        if not line.begins_paragraph and not _worth_a_remark(line.refused_label, line.verdict):
            continue
        noted.add((line.refused_label, line.verdict.outcome))
        if line.verdict.outcome is Outcome.DOUBT:
            message = f"{line.refused_label!r} may be a speaker ({line.verdict.reason}); the words are kept as nobody's"
            ledger.remark("doubtful-label", message, line.start)
        else:
            message = f"{line.refused_label!r} was not taken as a speaker: {line.verdict.reason}"
            ledger.remark("prose-label", message, line.start)


def _worth_a_remark(label: str, verdict: Verdict) -> bool:
    """Inside a paragraph, only what looks like a name is worth it; wrapped lines often have a colon."""
    return verdict.outcome is Outcome.DOUBT or (is_name_shaped(label) and is_person(label))
