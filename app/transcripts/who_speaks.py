"""Decides who speaks in a file of lines: marks of questions and answers, numbers of turns, examinations, and labels."""

from collections.abc import Sequence

from app.transcripts.examination import court_labels, find_examinations, state_remarks
from app.transcripts.front_matter import FrontMatter
from app.transcripts.labels import is_answer_label, is_question_label
from app.transcripts.marks import find_marks
from app.transcripts.speaker_labels import find_speakers
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.turn_numbers import take_turn_numbers


def who_speaks(text: str, lines: Sequence[TextLine], front: FrontMatter) -> tuple[frozenset[str], int]:
    """Return the labels that are speakers or marks, and the number of lines that begin with one."""
    take_turn_numbers(text, lines)
    marked = find_marks(text, lines)
    in_court = any(is_question_label(label.text) for _, label in marked)
    others = set[str]()
    if in_court:
        find_examinations(text, lines)
        others = court_labels(lines)
    sure = [(line, line.label) for line in lines if line.label and line.label.text in others]
    speakers, _ = find_speakers(text, lines, front)
    for line, label in (*marked, *sure):
        if line.kind is not LineKind.NOTE:
            line.label, line.kind, line.verdict, line.refused_label = label, LineKind.TEXT, None, None
            speakers |= {label.text}
    if speakers and all(len(label) == 1 and is_answer_label(label) for label in speakers):
        # `A.` alone numbers the points of an outline.
        return frozenset(), 0
    if in_court:
        state_remarks(text, lines, others)
    return speakers, sum(line.label is not None and line.label.text in speakers for line in lines)
