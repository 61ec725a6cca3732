"""Finds the sections at the end of a file that are no part of the talk: an editor's words below a heading."""

from collections.abc import Collection, Sequence

from app.transcripts.asides import is_appendix
from app.transcripts.text_lines import LineKind, TextLine


def closing_heading(text: str, lines: Sequence[TextLine], speakers: Collection[str]) -> TextLine | None:
    """Return the heading below which an editor writes: one that says so (`About the author`), or the last one.

    It is the last one if nobody begins to speak below it although somebody does below every other heading. Where other
    sections have no label either, headings stand inside speeches, and the last speaker goes on.
    """
    return _appendix(text, lines, speakers) or _without_speech(lines, speakers)


def _begins(line: TextLine, speakers: Collection[str]) -> bool:
    return line.kind is LineKind.QUESTION or (line.label is not None and line.label.text in speakers)


def _appendix(text: str, lines: Sequence[TextLine], speakers: Collection[str]) -> TextLine | None:
    """Return the first heading of an appendix below the last label; a short paragraph of its own may be one."""
    last = max((index for index, line in enumerate(lines) if _begins(line, speakers)), default=len(lines))
    below = [line for line in lines[last + 1 :] if line.kind in {LineKind.TEXT, LineKind.HEADING}]
    # Something has to be written below a heading; a sentence goes on in lower case.
    for line in below[:-1]:
        alone = line.begins_paragraph and line.paragraph_end == line.end
        if line.kind is LineKind.HEADING:
            found = is_appendix(text[line.text_start : line.text_end])
        else:
            body = text[line.start : line.end].strip(" \t*_")
            found = alone and not body[:1].islower() and is_appendix(body)
        if found:
            line.kind = LineKind.HEADING
            return line
    return None


def _without_speech(lines: Sequence[TextLine], speakers: Collection[str]) -> TextLine | None:
    sections: list[tuple[TextLine, bool, bool]] = []
    talking = False
    for line in lines:
        begins = _begins(line, speakers)
        if line.kind is LineKind.HEADING and not begins:
            if talking or not sections:
                sections.append((line, False, False))
        elif sections and line.kind in {LineKind.TEXT, LineKind.QUESTION}:
            heading, labelled, written = sections[-1]
            sections[-1] = heading, labelled or begins, written or not begins
        talking = talking or begins
    if len(sections) < 2 or not talking:
        return None
    heading, labelled, written = sections[-1]
    # Headings that follow one another without a word between them are one heading.
    others = [spoken for _, spoken, text in sections[:-1] if spoken or text]
    return heading if written and not labelled and others and all(others) else None
