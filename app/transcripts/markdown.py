"""Reads interviews in Markdown, with labels in bold, italics or plain, or with questions that are headings, bold
paragraphs or numbered paragraphs.

Which convention a file follows is decided by counting. Markup inside the speech is kept as it is.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePath

from app.errors import TranscriptError
from app.text.folding import slugify
from app.transcripts import front_matter
from app.transcripts.conversation import Convention, read_conversation
from app.transcripts.front_matter import FrontMatter, only_guest, person_in_title
from app.transcripts.label_columns import mark_label_columns
from app.transcripts.label_lines import mark_label_lines
from app.transcripts.labelled import MIN_LABELLED_LINES, guess, is_other_format, refuse_empty
from app.transcripts.labels import matches_name, name_keys
from app.transcripts.mentioned import speaks_of_person
from app.transcripts.printed_labels import heading_label
from app.transcripts.source import Source
from app.transcripts.speaker_labels import find_labels, remark_prose_labels
from app.transcripts.text_lines import LineKind, TextLine, is_stage_direction, split_lines, stands_alone
from app.transcripts.transcript import NO, Guess, Ledger, TextFormat, Transcript, TranscriptFormat
from app.transcripts.unspoken import take_off
from app.transcripts.who_speaks import who_speaks

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_HEADING = re.compile(r"[ ]{0,3}(?P<marks>#{1,6})(?:[ \t]+|$)")
_CLOSING_MARKS = re.compile(r"(?<![ \t])[ \t]+#{1,6}[ \t]*$")
_FENCE = re.compile(r"[ ]{0,3}(?P<marks>`{3,}|~{3,})")
_RULE = re.compile(r"[ ]{0,3}(?:(?:\*[ \t]*){3,40}|(?:-[ \t]*){3,40}|(?:_[ \t]*){3,40})")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:={3,}|-{3,})[ \t]*")
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^[^\]\s]{1,40}\]:[ \t]")
_COMMENT = re.compile(r"[ ]{0,3}<!--(?:[^-]|-(?!->)){0,2000}-->[ \t]*")
_POINT = re.compile(r"[ ]{0,3}(?:\d{1,3}[.)]|[-*+])[ \t]+(?=[*_]{2})|[ ]{0,3}(?:\d{1,3}[.)])[ \t]+(?=\S)")
_NUMBER = re.compile(r"[ ]{0,3}\d{1,3}[.)][ \t]+(?=\S)")
_PICTURE = re.compile(
    r"[ \t]*(?:\[)?!\[[^\[\]]{0,500}\]\([^()\n]{1,400}\)(?:\]\([^()\n]{1,400}\))?(?:\{[^{}\n]{0,100}\})?[ \t]*"
)
_IN_ITALICS = re.compile(r"[ \t]*(?P<mark>[*_])[^*_\s][^*_]{1,400}(?P=mark)[ \t]*")
_QUESTION_MARKS = ("?", "？", "؟", ";")
_MIN_QUESTIONS = 2
_SUREST = 0.9


def _classify(text: str, lines: Sequence[TextLine]) -> None:
    """Classify the lines of Markdown, and set their label candidates."""
    _mark_code(text, lines)
    take_off(text, lines)
    for index, line in enumerate(lines):
        if line.kind is LineKind.BLANK:
            continue
        body = text[line.start : line.end]
        if not line.in_code and line.kind is LineKind.TEXT:
            _classify_line(text, line, body)
            if line.kind is LineKind.TEXT and is_stage_direction(body) and stands_alone(text, lines, index):
                line.kind = LineKind.NOTE
    _classify_underlined(text, lines)
    _classify_pictures(text, lines)
    find_labels(text, lines)
    mark_label_columns(text, lines)
    mark_label_lines(text, lines)
    for line in lines:
        if line.kind is LineKind.HEADING and (label := heading_label(text[line.text_start : line.text_end])):
            shift = line.text_start - line.start
            line.label = replace(
                label, start=label.start + shift, end=label.end + shift, speech_start=line.end - line.start
            )


def _mark_code(text: str, lines: Sequence[TextLine]) -> None:
    """Set which lines are in a block of code between fences, the fences included."""
    fence = ""
    for line in lines:
        match = None if line.kind is LineKind.BLANK else _FENCE.match(text, line.start, line.end)
        line.in_code = bool(fence) or match is not None
        if match:
            if not fence:
                fence = match["marks"]
            elif match["marks"].startswith(fence):
                fence = ""


def _classify_line(text: str, line: TextLine, body: str) -> None:
    if match := _HEADING.match(body):
        closing = _CLOSING_MARKS.search(body, match.end())
        line.kind, line.level = LineKind.HEADING, len(match["marks"])
        line.text_start = line.start + match.end()
        line.text_end = line.start + (closing.start() if closing else len(body))
        if not text[line.text_start : line.text_end].strip():
            line.kind = LineKind.MARKUP
    elif _RULE.fullmatch(body) or _COMMENT.fullmatch(body):
        line.kind = LineKind.MARKUP
    elif _FOOTNOTE.match(body):
        line.kind = LineKind.NOTE


def _classify_underlined(text: str, lines: Sequence[TextLine]) -> None:
    """Classify a line of text above a line of `===` or `---` as a heading."""
    for above, line in itertools.pairwise(lines):
        body = text[line.start : line.end]
        if above.kind is LineKind.TEXT and above.begins_paragraph and _UNDERLINE.fullmatch(body):
            above.kind, above.level = LineKind.HEADING, 1 if "=" in body else 2
            line.kind = LineKind.MARKUP


def _classify_pictures(text: str, lines: Sequence[TextLine]) -> None:
    """Classify a picture and what is printed right below it in italics as notes."""
    shown = [line for line in lines if line.kind is not LineKind.BLANK and not line.in_code]
    for picture, below in itertools.pairwise(shown):
        if (
            picture.kind is LineKind.TEXT
            and below.kind is LineKind.TEXT
            and _PICTURE.fullmatch(text, picture.start, picture.end)
            and _IN_ITALICS.fullmatch(text, below.start, below.end)
        ):
            picture.kind = below.kind = LineKind.NOTE


def _asks(sentence: str) -> bool:
    return sentence.rstrip(" \t\"'”’*_)»").endswith(_QUESTION_MARKS)


def _question_level(text: str, lines: Sequence[TextLine]) -> int:
    """Return the level of the headings that are questions, or 0. At least half of these headings must ask."""
    headings = [(line.level, _asks(text[line.text_start : line.text_end])) for line in lines if line.level]
    asking = Counter(level for level, asks in headings if asks)
    for level in range(1, 7):
        if asking[level] >= _MIN_QUESTIONS and asking[level] * 2 >= sum(each == level for each, _ in headings):
            return level
    if asking.total() >= _MIN_QUESTIONS and asking.total() * 2 >= len(headings):
        return asking.most_common(1)[0][0]
    return 0


def _is_question(text: str, line: TextLine, level: int) -> bool:
    return line.level == level or _asks(text[line.text_start : line.text_end])


def _paragraphs(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    paragraph: list[TextLine] = []
    for line in lines:
        if line.kind is not LineKind.TEXT or line.begins_paragraph:
            if paragraph:
                yield paragraph
            paragraph = []
        if line.kind is LineKind.TEXT:
            paragraph.append(line)
    if paragraph:
        yield paragraph


def _bold_questions(text: str, lines: Sequence[TextLine]) -> list[tuple[list[TextLine], int, int]]:
    """Find the paragraphs that are all bold, with or without a list number, and the start and end of their text."""
    found = []
    for paragraph in _paragraphs(lines):
        start, end = paragraph[0].start, paragraph[-1].end
        body = text[start:end]
        point = _POINT.match(body)
        inner = body[point.end() if point else 0 :].strip()
        mark = inner[:2]
        if mark not in {"**", "__"} or len(inner) < 6 or not inner.endswith(mark) or mark in inner[2:-2]:
            continue
        inner_start = body.index(mark, point.end() if point else 0) + 2
        found.append((paragraph, start + inner_start, start + len(body.rstrip()) - 2))
    asking = sum(_asks(text[start:end]) for _, start, end in found)
    if asking >= _MIN_QUESTIONS and asking * 2 >= len(found):
        return found
    return _numbered_questions(text, list(_paragraphs(lines)))


def _numbered_questions(text: str, paragraphs: Sequence[list[TextLine]]) -> list[tuple[list[TextLine], int, int]]:
    """Find paragraphs such as `1. What is it?` if most of them are followed by one that is no such question."""
    found, answered = [], 0
    for paragraph, following in itertools.zip_longest(paragraphs, paragraphs[1:]):
        start, end = paragraph[0].start, paragraph[-1].end
        body = text[start:end]
        point = _NUMBER.match(body)
        if point and _asks(body):
            found.append((paragraph, start + point.end(), start + len(body.rstrip())))
            answered += following is not None and not _NUMBER.match(text, following[0].start)
    return found if len(found) >= _MIN_QUESTIONS and answered * 2 >= len(found) else []


def _answerer(source: Source, front: FrontMatter, lines: Sequence[TextLine]) -> str | None:
    """Return who answers: the one guest or speaker that the file lists, or the person whom its title names."""
    if guest := only_guest(front.metadata):
        return guest
    title = front.metadata.title
    if front.metadata.speakers or not title:
        return None
    person = person_in_title(title)
    if person and person != title:
        return person
    # A title that is nothing but a name may as well be a subject (`Tunnel Ventilation`): the text has to say so.
    keys = name_keys([title])
    printed = {line.label.text if line.label else line.refused_label for line in lines}
    is_label = any(matches_name(label, keys) for label in printed if label)
    if len(title.split()) > 5 or not (is_label or speaks_of_person(source.text[front.end :], title)):
        return None
    # One of one word, or in lower case, names a person only if the file has the same name, too.
    file_slug = slugify(PurePath(source.name).stem.rpartition("__")[2].replace(".", " "))
    if person and len(title.split()) > 1:
        return person
    return title if slugify(title).startswith(file_slug) and (person or title.islower()) else None


def _convention(source: Source) -> tuple[FrontMatter, list[TextLine], Convention]:
    text = source.text
    front = front_matter.find(source)
    lines = split_lines(text, front.end, len(text))
    _classify(text, lines)
    level = _question_level(text, lines)
    bold = _bold_questions(text, lines)
    speakers, count = who_speaks(text, lines, front)
    answerer = _answerer(source, front, lines)
    headings = [line for line in lines if level and line.level and _is_question(text, line, level)]
    by_heading = len(headings)
    asked = by_heading + len(bold)
    if asked < _MIN_QUESTIONS or count > 2 * asked:
        return front, lines, Convention(speakers, count, answerer=answerer)
    if by_heading >= len(bold):
        speakers, count = _speakers_among_answers(lines, speakers, answerer)
        for line in headings:
            line.kind = LineKind.QUESTION
        return front, lines, Convention(speakers, count, by_heading, answerer, layout="heading")
    if count >= asked:
        # The bold paragraphs have labels themselves, or everybody has a label.
        return front, lines, Convention(speakers, count, answerer=answerer)
    _classify_bold_questions(bold)
    return front, lines, Convention(speakers, count, len(bold), answerer, layout="paragraph, bold or numbered")


def _classify_bold_questions(bold: Sequence[tuple[list[TextLine], int, int]]) -> None:
    for paragraph, start, end in bold:
        first, *others = paragraph
        first.kind, first.text_start, first.text_end = LineKind.QUESTION, start, end
        first.end = paragraph[-1].end
        first.label = None
        for line in others:
            line.kind = LineKind.JOINED


def _speakers_among_answers(
    lines: Sequence[TextLine], speakers: frozenset[str], answerer: str | None
) -> tuple[frozenset[str], int]:
    """Return the labels inside answers if one of them names who answers; other labels there are headwords."""
    used = {line.label.text for line in lines if line.label and line.label.text in speakers}
    if (
        answerer is None
        or len(used) < MIN_LABELLED_LINES
        or not any(matches_name(label, name_keys([answerer])) for label in used)
    ):
        return frozenset(), 0
    return frozenset(used), sum(bool(line.label and line.label.text in used) for line in lines)


def sniff(source: Source) -> Guess:
    """Say how sure it is that a text is Markdown with labels or questions, and name its convention."""
    try:
        text = source.text
        if is_other_format(text):
            return NO
        front, lines, convention = _convention(source)
    except TranscriptError:
        return NO
    finish = partial(_read, source, front, lines, convention)
    is_markdown = source.suffix in _SUFFIXES
    if convention.asked_by_layout:
        confidence = min(_SUREST, 0.55 + convention.asked_by_layout / 40)
        who = f", answered by {convention.answerer}" if convention.answerer else ""
        return Guess(
            confidence, f"{convention.asked_by_layout} questions stand each as a {convention.layout}{who}", finish
        )
    emphasized = sum(
        line.label is not None
        and line.label.text in convention.speakers
        and line.label.style in {"bold", "italic", "bold-run"}
        for line in lines
    )
    found = guess(lines, convention, text)
    if found.confidence and (is_markdown or emphasized * 2 > convention.labelled_lines):
        kind = "in Markdown emphasis " if emphasized * 2 > convention.labelled_lines else ""
        return Guess(
            min(_SUREST, found.confidence + 0.05), found.reason.replace("with a label ", f"with a label {kind}"), finish
        )
    return NO


def parse(source: Source) -> Transcript:
    """Read an interview in Markdown.

    Raises:
        TranscriptError: the file is empty, is not text, or marks neither speakers nor questions.
    """
    refuse_empty(source)
    return _read(source, *_convention(source))


def _read(source: Source, front: FrontMatter, lines: list[TextLine], convention: Convention) -> Transcript:
    if not convention.speakers and not convention.asked_by_layout:
        raise source.error(
            "no speaker labels such as '**Name:**' and no questions as headings or in bold",
            min(front.end, len(source.text)),
        )
    ledger = Ledger(source)
    remark_prose_labels(lines, ledger)
    if convention.answerer and convention.asked_by_layout and front.metadata.title:
        ledger.remark(
            "answerer", f"the answers were taken to be those of {convention.answerer}, whom the file names", 0
        )
    return read_conversation(source, FORMAT.name, lines, front, convention, ledger)


FORMAT = TranscriptFormat(
    name="markdown",
    description="Markdown with labels such as **Name:**, or with questions as headings or bold paragraphs",
    suffixes=_SUFFIXES,
    sniff=sniff,
    parse=parse,
    text_format=TextFormat.MARKDOWN,
    surest=_SUREST,
)
