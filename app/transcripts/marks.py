"""Recognizes the marks of questions and answers in many languages: `P.` and `R.`, `F:` and `A:`, `س` and `ج`, bare `Q`.

A mark of a letter or two could be somebody's initials, so it counts only with its partner, with which it has to
alternate, and only if the question's side asks. Everything is decided from the whole file.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.transcripts.label_forms import is_described
from app.transcripts.label_words import Role
from app.transcripts.labels import label_key
from app.transcripts.printed_labels import SpeakerLabel, Style
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.transcript import Turn, TurnKind

# The mark of the question, then that of the answer.
_PAIRS_WORDS = (
    # Question and answer; French Q/R, Spanish, Portuguese and Catalan P/R, Italian and French D/R, Romanian Î/R
    "Q A|Q R|P R|D R|Î R|Int Răs|Preg Resp|Perg Resp|Dom Risp|"
    # German F/A, Dutch V/A, Swedish F/S, Welsh C/A
    "F A|Fr Antw|V A|F S|C A|"
    # Polish, Croatian and Serbian P/O, Slovenian V/O, Czech and Slovak, Lithuanian K/A, Latvian J/A
    "P O|Pyt Odp|V O|Ot Odp|Pit Odg|K A|J A|"
    # Finnish, Hungarian and Estonian K/V, Basque G/E, Turkish S/C and S/Y
    "K V|G E|S C|S Y|"
    # Russian and Bulgarian, Ukrainian, Serbian and Macedonian, Greek, Armenian, Georgian
    "В О|Вопр Отв|П В|П О|Ε Α|Ερ Απ|Հ Պ|კ პ|"
    # Arabic, Persian and Urdu, Hebrew, Hindi, Bengali, Tamil
    "س ج|ש ת|प्र उ|प्र उत्तर|প্র উ|கே ப|"
    # Vietnamese, Thai, Indonesian, Malay and Swahili, Chinese, Japanese, Korean
    "H Đ|ถ ต|ถาม ตอบ|T J|S J|问 答|問 答|문 답|물음 답|"
    # Interviewer, and who is asked: Befragte, Experte, participant, respondent, narrator; Russian
    "I B|I E|I P|I R|I N|I A|И Р|И О|IV IP|IV B|IV R|INT RES|INT NAR|INT RESP|INT P|INT B|Int Resp"
)
_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (question.casefold(), answer.casefold()) for question, answer in (pair.split() for pair in _PAIRS_WORDS.split("|"))
)
_PRINTED = {mark for pair in _PAIRS_WORDS.split("|") for mark in pair.split()}
_ALL = frozenset(mark for pair in _PAIRS for mark in pair)
_ALTERNATION = "|".join(sorted(map(re.escape, _PRINTED), key=len, reverse=True))
# `P.`, `P.-`, `P)`, `P –`, `[Q]`, `س -`, with a number or emphasis; a colon is read as that of any label.
_STOPPED = re.compile(
    rf"[ \t\u3000]{{0,80}}(?P<open>[*_]{{1,3}})?(?P<bracket>[\[(【])?(?P<mark>{_ALTERNATION})"
    r"(?:[ ]?(?P<number>\d{1,3}))?"
    r"(?(bracket)[\])】][.:：]?|[ \t]{0,2}(?:[.．][ ]?[-–—:：/)]{0,2}|[-–—)/、]{1,2}|(?=[*_])))"
    r"(?(open)[*_]{1,3}[.:：]?)(?P<gap>[ \t\u00a0\u3000]{1,20}|(?=[^\W\d_¿¡])|$)"
)
# A mark without any sign after it. One space is enough for Q and A only.
_BARE = re.compile(
    rf"[ \t\u3000]{{0,80}}(?P<mark>{_ALTERNATION})(?:(?P<wide>[ ]{{2,20}}|\t[ \t]{{0,20}})|[ ])"
    r"(?=[\w¿¡\"“”'‘’«»(\[*_…])"
)
# The questions of reporters between the labels of those who answer; a single space is enough before a capital.
_BARE_QUESTION = re.compile(
    r"[ \t\u3000]{0,80}(?P<mark>Q)(?:[ \u00a0]{2,20}|\t[ \t]{0,20}|[ ](?=[^\W\d_a-z]|[\"“'‘(\[…]))(?=[\w\"“”'‘’«»(\[…])"
)
# Two dashes in front of the questions of somebody who is not named, as in Japan; those who answer have labels.
_DASHES = re.compile(r"[ \t\u3000]{0,8}(?P<mark>[\u2014\u2015\u2500]{2,3})[ \t\u3000]{0,2}(?=\S)")
# `REPAIR OF THE HARBOR [2.] Q. Mr. President, ...`: a heading in capitals and a number on the line of a question.
_HEADED = re.compile(r"(?P<heading>[^a-z\n.?!]{4,100}?)[ ]\[\d{1,3}\.?\][ ]{1,4}(?P<mark>Q)\.[ ]")
_ASKS = re.compile(r"[?？؟\u037e՞]|(?<=[\u0370-\u03ff\u1f00-\u1fff]);|か(?:。|$)|ですか|吗[。？]?$")
# Scripts in which two letters that alternate could be the initials of two people.
_INITIALS = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u04ff]{1,2}")
# Lines with marks that prove them, at least, and the share of neighbours of these that differ.
_FEWEST, _ALTERNATING = 3, 0.5
# Share of all labelled turns that letters have which could be initials, at least.
_MOST_TURNS = 0.6
# Characters after a mark in which a question mark is searched for.
_REACH = 2_000


def _base(label: str) -> str:
    return label.strip(" .:-–—/)(][").rstrip("0123456789 ").rstrip(".").casefold()


def is_mark(label: str) -> bool:
    """Whether a label could be a mark by its form: that of one unnamed person, if the file names nobody behind it."""
    return _base(label) in _ALL


def mark_roles(turns: Sequence[Turn], names: Collection[str] = ()) -> dict[str, Role]:
    """Return what the labels of a file mean that are marks: the question's asks, the answer's is asked.

    Two labels behind which the file names people are none, nor are two letters with which two of `names` begin.
    """
    said = [(turn.label, turn.text) for turn in turns if turn.label]
    bases = {label: _base(label) for label, _ in said}
    sequence = [(bases[label], text) for label, text in said]
    pair = _pair(sequence, names, fewest=2, labelled=len(said))
    named = {bases[turn.label] for turn in turns if turn.label and turn.speaker is not None}
    if pair is None or named.issuperset(pair):
        return {}
    roles: dict[str, Role] = {pair[0]: "interviewer", pair[1]: "interviewee"}
    return {label: roles[base] for label, base in bases.items() if base in roles}


def _pair(
    sequence: Sequence[tuple[str, str]],
    names: Collection[str] = (),
    *,
    labelled: int,
    fewest: int = _FEWEST,
    has_to_ask: bool = False,
) -> tuple[str, str] | None:
    """Return the marks that a sequence of (mark, words) alternates between, the question's first.

    `labelled` is the number of all turns with a label: among many others, two letters are initials.
    """
    counts = Counter(base for base, _ in sequence)
    likely = [pair for pair in _PAIRS if counts[pair[0]] and counts[pair[1]]]
    for question, answer in sorted(likely, key=lambda pair: -min(counts[pair[0]], counts[pair[1]])):
        both = [(base, words) for base, words in sequence if base in {question, answer}]
        changes = sum(first[0] != second[0] for first, second in pairwise(both))
        if len(both) < fewest or changes < _ALTERNATING * (len(both) - 1):
            continue
        # A word or another script leaves no doubt, and neither do `Q` and `A` with a sign after them.
        clear = not _INITIALS.fullmatch(question) or (not has_to_ask and (question, answer) == ("q", "a"))
        if clear or (len(both) >= _MOST_TURNS * labelled and _asks(both, question, names)):
            return question, answer
    return None


def _asks(both: Sequence[tuple[str, str]], question: str, names: Collection[str]) -> bool:
    """Whether the question's side asks more often than the other, and the marks are nobody's initials."""
    initials = {name.strip()[:1].casefold() for name in names if name.strip()}
    if len({base for base, _ in both if base[:1] in initials}) > 1:
        return False
    asked: dict[bool, list[bool]] = {True: [], False: []}
    for base, words in both:
        asked[base == question].append(bool(_ASKS.search(words[:_REACH])))
    return sum(asked[True]) * len(asked[False]) > sum(asked[False]) * len(asked[True])


@dataclass(frozen=True, slots=True)
class _Marked:
    """A line that begins with a mark: where it is printed, and where the speech begins, from the start of the line."""

    index: int
    base: str
    start: int
    end: int
    speech_start: int
    wide: bool = True


def find_marks(text: str, lines: Sequence[TextLine]) -> list[tuple[TextLine, SpeakerLabel]]:
    """Return the lines that begin with a mark, where the marks of the file alternate, and set their labels.

    The labels of other lines are set already.
    """
    _find_headed(text, lines)
    texts = [index for index, line in enumerate(lines) if line.kind is LineKind.TEXT and not line.in_code]
    labels = Counter(line.label.text for line in lines if line.label)
    recurring = sum(count for label, count in labels.items() if count > 1 and _base(label) not in _ALL)
    found: dict[int, TextLine] = {}
    for pattern in (_STOPPED, _BARE):
        marked = _marked(text, lines, [index for index in texts if index not in found], pattern)
        if len(marked) < _FEWEST:
            continue
        pair = _pair(
            list(_with_words(text, lines, marked)), labelled=len(marked) + recurring, has_to_ask=pattern is _BARE
        )
        if pair:
            _set_labels(text, lines, [mark for mark in marked if mark.base in pair], pair)
            found |= {mark.index: lines[mark.index] for mark in marked if mark.base in pair}
    if not found:
        found = _questions_between_labels(text, lines, texts) or _dashes_between_labels(text, lines, texts)
    _settle_style(lines)
    return [(line, line.label) for _, line in sorted(found.items()) if line.label]


def _questions_between_labels(text: str, lines: Sequence[TextLine], texts: Sequence[int]) -> dict[int, TextLine]:
    """Take `Q` without any sign, where those who answer have labels in capitals that recur, as at press conferences."""
    asked = [
        (index, match)
        for index in texts
        if lines[index].label is None
        and (match := _BARE_QUESTION.match(text, lines[index].start, min(lines[index].end, lines[index].start + 200)))
    ]
    capitals = [index for index in texts if (label := lines[index].label) and label.text.isupper()]
    counts = Counter(label.text for index in capitals if (label := lines[index].label))
    answering = [index for index in capitals if (label := lines[index].label) and counts[label.text] > 1]
    if len(asked) < _FEWEST - 1 or len(answering) < len(asked) * _ALTERNATING:
        return {}
    for index, match in asked:
        line = lines[index]
        start, end = match.start("mark") - line.start, match.end("mark") - line.start
        line.label = SpeakerLabel("Q", start, end, match.end() - line.start, style="period")
    return {index: lines[index] for index, _ in asked}


def _dashes_between_labels(text: str, lines: Sequence[TextLine], texts: Sequence[int]) -> dict[int, TextLine]:
    """Take two dashes for the one who asks, if what follows them asks and a label answers."""
    asked = [
        (index, match)
        for index in texts
        if lines[index].label is None
        and (match := _DASHES.match(text, lines[index].start, min(lines[index].end, lines[index].start + 200)))
    ]
    labels = [label for index in texts if (label := lines[index].label)]
    answering = Counter(label_key(label.text) for label in labels)
    asks = sum(bool(_ASKS.search(text[match.end() : lines[index].end][:_REACH])) for index, match in asked)
    if len(asked) < _FEWEST - 1 or 2 * asks < len(asked) or max(answering.values(), default=0) < len(asked) / 2:
        return {}
    style = Counter(label.style for label in labels).most_common(1)[0][0]
    for index, match in asked:
        line = lines[index]
        start, end = match.start("mark") - line.start, match.end("mark") - line.start
        line.label = SpeakerLabel(match["mark"], start, end, match.end() - line.start, style=style)
        line.stated = TurnKind.QUESTION
    return {index: lines[index] for index, _ in asked}


def _marked(text: str, lines: Sequence[TextLine], texts: Sequence[int], pattern: re.Pattern[str]) -> list[_Marked]:
    found = []
    for index in texts:
        line = lines[index]
        match = pattern.match(text, line.start, min(line.end, line.start + 200))
        if match is None:
            # `P:` beside `R.-` is a mark too.
            if line.label and line.label.style == "colon" and (base := _base(line.label.text)) and len(base) < 3:
                found.append(_Marked(index, base, line.label.start, line.label.end, line.label.speech_start))
            continue
        wide = pattern is _STOPPED or bool(match["wide"]) or match["mark"] == "Q"
        if not wide and match["mark"] != "A":
            continue
        start, end = match.start("mark") - line.start, match.end("mark") - line.start
        if pattern is _STOPPED and match["number"]:
            end = match.end("number") - line.start
        found.append(_Marked(index, match["mark"].casefold(), start, end, match.end() - line.start, wide=wide))
    return found


def _with_words(text: str, lines: Sequence[TextLine], marked: Sequence[_Marked]) -> Iterable[tuple[str, str]]:
    for mark, following in zip(marked, [*marked[1:], None], strict=True):
        end = lines[following.index].start if following else lines[-1].end
        begin = lines[mark.index].start + mark.speech_start
        yield mark.base, text[begin : min(end, begin + _REACH)]


def _set_labels(text: str, lines: Sequence[TextLine], marked: Sequence[_Marked], pair: tuple[str, str]) -> None:
    last = ""
    for mark in marked:
        line = lines[mark.index]
        # `A mill stood there` begins with an article, unless an answer is due.
        if not mark.wide and last != pair[0]:
            continue
        last = mark.base
        # `Q (Anna Holm):` says more than the mark.
        if line.label and line.label.style == "colon" and is_described(line.label.text):
            continue
        if line.label is None or line.label.style != "colon" or line.label.end > mark.speech_start:
            printed = text[line.start + mark.start : line.start + mark.end]
            line.label = SpeakerLabel(printed, mark.start, mark.end, mark.speech_start, style="period")


def _find_headed(text: str, lines: Sequence[TextLine]) -> None:
    """Cut headings in capitals with a number off the questions behind them."""
    for line in lines:
        if line.kind is LineKind.TEXT and (match := _HEADED.match(text, line.start, min(line.end, line.start + 200))):
            start = match.start("mark") - line.start
            line.label = SpeakerLabel("Q", start, start + 1, match.end() - line.start, style="period")
            line.heading_end = match.start("mark")


def _settle_style(lines: Sequence[TextLine]) -> None:
    """Let marks count among the labels of their file: with a colon where people's labels in capitals have one."""
    others: Counter[Style] = Counter()
    marks: list[TextLine] = []
    for line in lines:
        if line.label is None:
            continue
        if line.label.style == "period" and _base(line.label.text) in _ALL:
            marks.append(line)
        elif line.label.text.isupper() or line.label.text.split()[0].isupper():
            others[line.label.style] += 1
    if others["colon"] > others["period"]:
        for line in marks:
            if line.label:
                line.label = replace(line.label, style="colon")
