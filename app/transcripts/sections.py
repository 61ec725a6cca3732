"""Finds the section at the end of a file that is no part of the talk: an author's words below a last heading."""

from collections.abc import Collection, Sequence

from app.transcripts.text_lines import LineKind, TextLine


def closing_heading(lines: Sequence[TextLine], speakers: Collection[str]) -> TextLine | None:
    """Return the last heading if nobody begins to speak below it although somebody does below every other heading.

    Where other sections have no label either, headings stand inside speeches, and the last speaker goes on.
    """
    sections: list[tuple[TextLine, bool, bool]] = []
    talking = False
    for line in lines:
        begins = line.kind is LineKind.QUESTION or (line.label is not None and line.label.text in speakers)
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
