"""Interviews as exports are given them, made of whatever text can be stored."""

import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from app.exports.format import InterviewDocument
from app.structure.pairing import Attribution, Role
from app.transcripts.transcript import TurnKind

MODIFIED = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
NASTY = (
    *("-->", "]]>", "<script>", "</script>", "<v Bob>", "&amp;", "&#0;", "&lt", "a<b>c", "WEBVTT", "NOTE", "{\\an8}"),
    *("*bold*", "_x_", "**", "`code`", "# no", "##", "C#", "ends #", "1. one", "- item", "> quote", "---", "===", "+"),
    *("|", "[a](b)", "![", "~~~", "\\", "\\*", "$x$", "    four", "  \n", "http://a.example/?a=1&b=2", "00:01.000"),
    *("=1+1", "@SUM(A1)", ";", ",", '"', "'", "{{x}}", "\t", "\r", "\r\n", "\n", "\n\n", "\n \n", "\n\n\n"),
    *("\u202e", "\u200f", "\u200b", "\ufeff", "\ufffe", "\x01", "\x08", "\x0b", "\x1f", "\x7f", "\x85", "\xa0"),
    *("\u2028", "\u2029", "👩\u200d👩\u200d👧", "𝔘", "Z͑ͫ̓", "é", "Ж"),
)


def storable(text: str) -> str:
    """Make a turn's text of any text: readers strip white space, and no turn is without a word."""
    return f"{text.strip()} word".strip()


def texts() -> st.SearchStrategy[str]:
    """Text of nasty fragments and of any characters that can be stored."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    fragments = st.one_of(
        st.sampled_from(NASTY), st.sampled_from(("word", " ", "Why?")), st.text(characters, max_size=6)
    )
    return st.lists(fragments, max_size=12).map("".join).map(storable)


WORDS = st.lists(st.sampled_from(("river", "mill", "Why so", "it began", "a road,", "é", "Ж")), min_size=1, max_size=6)
PLAIN = WORDS.map(" ".join)


def person(slug: str, label: str | None, role: Role = Role.UNKNOWN, name: str | None = None) -> dict[str, Any]:
    """Somebody who takes part."""
    return {
        "slug": slug,
        "name": name,
        "role": role,
        "role_attribution": Attribution.UNKNOWN if role is Role.UNKNOWN else Attribution.INFERRED,
        "attribution": Attribution.STATED if name else Attribution.UNKNOWN,
        "affiliation": None,
        "labels": [label] if label else [],
    }


def turn(position: int, kind: TurnKind, text: str, **more: Any) -> dict[str, Any]:
    """One turn of a record."""
    return {
        "id": f"1x-t{position}",
        "position": position,
        "kind": kind,
        "speaker": None,
        "speaker_label": None,
        "text": text,
        "start_ms": None,
        "end_ms": None,
        "source_start": 0,
        "source_end": len(text),
        "segments": None,
        "question_id": None,
        "answer_id": None,
        **more,
    }


def document(
    turns: list[dict[str, Any]], people: list[dict[str, Any]] | None = None, **stated: Any
) -> InterviewDocument:
    """An interview of these turns; what is not stated is null."""
    interview = {
        "id": "1x",
        "slug": "talk",
        "title": "A talk",
        **dict.fromkeys(
            ("language", "published", "publisher", "series", "source_url", "source_url_as_printed", "summary", "rights")
        ),
        "language_attribution": Attribution.UNKNOWN,
        "published_evidence": None,
        "revision": 1,
        "modified_at": MODIFIED,
        "question_count": 1,
        "answer_count": 1,
        "people": people or [],
        "topics": [],
        "transcript": {"sha256": "0" * 64, "format": "labelled-text"},
        **stated,
    }
    record = {
        "interview": interview,
        "revision": 1,
        "transcript": interview["transcript"],
        "people": people or [],
        "turns": turns,
    }
    return InterviewDocument(interview, record)


PEOPLE = (person("q", "Q", Role.INTERVIEWER), person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"))


def conversations(text: Callable[[], st.SearchStrategy[str]]) -> st.SearchStrategy[InterviewDocument]:
    """Questions with answers, in which anybody may say anything."""
    return st.lists(st.tuples(text(), text()), min_size=2, max_size=5).map(_conversation)


def _conversation(exchanges: list[tuple[str, str]]) -> InterviewDocument:
    turns = []
    for number, (asked, answered) in enumerate(exchanges):
        question, answer = f"1x-q{number}", f"1x-a{number}"
        turns.append(
            turn(
                2 * number + 1,
                TurnKind.QUESTION,
                asked,
                speaker="q",
                speaker_label="Q",
                question_id=question,
                start_ms=10_000 * number,
                end_ms=10_000 * number + 4000,
            )
        )
        turns.append(
            turn(
                2 * number + 2,
                TurnKind.ANSWER,
                answered,
                speaker="roe",
                speaker_label="ROE",
                question_id=question,
                answer_id=answer,
                start_ms=10_000 * number + 5000,
                end_ms=10_000 * number + 9000,
            )
        )
    return document(turns, list(PEOPLE))


def spoken(given: InterviewDocument) -> list[tuple[str | None, str]]:
    """What is compared: who says what."""
    return [(each["speaker_label"], each["text"]) for each in given.record["turns"]]
