"""What is said, as pages show it: words as HTML in which the cited passage, the sentences that ask and redactions are
marked, and the turns of a record in groups.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.api.completing import WRITERS
from app.citations import PASSAGE
from app.queries.embedding import Item
from app.text.asking import SHORT_LENGTH, asking
from app.text.paragraphs import PARAGRAPH
from app.transcripts.transcript import TextFormat
from app.web.marking import Marked, marked_html
from app.web.texts import Texts

# From, up to: characters of a text.
Range = tuple[int, int]
# What ends a line in the HTML of a text, and would leave two words as one.
_END_OF_LINE = re.compile(r"<br>|</p>")


def words(
    texts: Texts,
    part: Mapping[str, Any],
    text_format: TextFormat,
    passage: Range | None = None,
    *,
    asks_in: str | None = None,
    marks: Sequence[Marked] = (),
) -> Markup:
    """Write the text of a question, an answer or a turn, with its redactions and a cited passage marked.

    `asks_in` is the language of a question, or empty where it is not known: of a long one, the sentences that ask are
    marked too. `marks` are other characters that are marked.
    """
    text: str = part["text"]
    marked = [*marks, *(_redacted(texts, one) for one in part["redactions"])]
    if asks_in is not None and len(text) > SHORT_LENGTH:
        marked += [Marked(start, end, "span", "asking") for start, end in asking(text, asks_in or None).ranges]
    if passage is not None:
        marked.insert(0, Marked(*passage, anchor=PASSAGE))
    return marked_html(text, text_format, marked)


def _redacted(texts: Texts, one: Mapping[str, Any]) -> Marked:
    reason = one["reason"]
    label = texts("redacted-because", reason=reason) if reason else texts("redacted")
    return Marked(one["start"], one["end"], "span", "redacted", label=str(label.unescape()))


def is_short(question: Mapping[str, Any]) -> bool:
    """Whether a question is short enough to stand out as a whole."""
    return len(question["text"]) <= SHORT_LENGTH


def in_short(text: str, language: str | None, text_format: TextFormat) -> str:
    """Return what a question asks, on one short line without markup."""
    return excerpt(asking(text, language).short_text or text, text_format, SHORT_LENGTH)


def excerpt(text: str, text_format: TextFormat, length: int) -> str:
    """Return the beginning of a text on one line without markup, cut between words where there are any."""
    # Markup is longer than what is shown of it, but not by that much.
    beginning = text[: 4 * length]
    written = _END_OF_LINE.sub(" ", WRITERS[text_format](beginning))
    line = str(Markup(written).striptags())  # noqa: S704 - the writers escape
    if len(line) <= length and len(beginning) == len(text):
        return line
    cut = line[: length - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def groups_of(
    texts: Texts,
    turns: Sequence[Item],
    text_format: TextFormat,
    language: str | None,
    passages: Mapping[str, Range | None],
) -> list[Item]:
    """Group the turns of a record: those of a question and of the answers to it together, others by themselves.

    `passages` are cited ranges by turn, None for a turn that is cited as a whole.
    """
    groups: list[Item] = []
    for turn in turns:
        question = turn["question_id"]
        if not groups or question is None or groups[-1]["question"] != question:
            groups.append({"question": question, "turns": [], "asked": []})
        group = groups[-1]
        before = group["turns"][-1] if group["turns"] else None
        is_question = question is not None and turn["answer_id"] is None
        group["turns"].append(
            {
                "id": turn["id"],
                "kind": turn["kind"],
                "speaker": turn["speaker"],
                "answer": turn["answer_id"],
                "start_ms": turn["start_ms"],
                # The same person goes on in the same answer.
                "goes_on": before is not None
                and (before["speaker"], before["answer"]) == (turn["speaker"], turn["answer_id"]),
                "is_short": is_short(turn),
                "is_cited": turn["id"] in passages and passages[turn["id"]] is None,
                "html": words(
                    texts, turn, text_format, passages.get(turn["id"]), asks_in=language or "" if is_question else None
                ),
            }
        )
        if is_question:
            group["asked"].append(turn["text"])
    for group in groups:
        group["short"] = in_short(PARAGRAPH.join(group.pop("asked")), language, text_format)
    return groups
