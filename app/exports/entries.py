"""Makes entries of feeds of interviews, questions and answers. How they are written is the formats' affair."""

import datetime
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.exports.format import Entry, Item, in_api, page_of, urn
from app.exports.speech import display_name, one_line
from app.text.paragraphs import PARAGRAPH

# Characters of a title and of a summary that are taken out of what is said: what readers of feeds show in a list.
_TITLE, _SUMMARY = 150, 300
_MORE = "…"


@dataclass(frozen=True)
class Entries:
    """How the items of a list become entries of a feed.

    `ids` are those of everything that an entry shows and that can change, and `entry` is given when one of them last
    did.
    """

    title: str
    ids: Callable[[Item], Sequence[str]]
    entry: Callable[[Item, datetime.datetime, str], Entry]

    def made_of(
        self, items: Iterable[Item], changed: Mapping[str, datetime.datetime], otherwise: datetime.datetime, base: str
    ) -> list[Entry]:
        """Make entries; `changed` says when each id last changed, and `otherwise` stands for one of which that is not
        known.
        """
        return [
            self.entry(
                item, max((changed[each] for each in self.ids(item) if each in changed), default=otherwise), base
            )
            for item in items
        ]


def _interview_entry(interview: Item, _updated: datetime.datetime, base: str) -> Entry:
    page = page_of(base, "interview", interview["slug"])
    named = ("slug", "published", "publisher", "series", "rights", "revision", "question_count", "answer_count")
    return Entry(
        id=urn(interview["id"]),
        title=interview["title"],
        address=in_api(base, page),
        web_page=page,
        source_url=interview["source_url"],
        updated=interview["modified_at"],
        published=interview["published"],
        summary=interview["summary"],
        content=None,
        interview=None,
        language=interview["language"],
        rights=interview["rights"],
        people=_names(interview["people"]),
        topics={},
        about={name: interview[name] for name in named},
    )


def _question_entry(question: Item, updated: datetime.datetime, base: str) -> Entry:
    page = page_of(base, "question", question["id"])
    return _exchange(question["id"], page, base, question, question["answers"], question["interview"], updated)


def _answer_entry(answer: Item, updated: datetime.datetime, base: str) -> Entry:
    page = page_of(base, "answer", answer["id"])
    return _exchange(answer["id"], page, base, answer["question"], [answer], answer["interview"], updated)


def _exchange(
    item_id: str,
    page: str,
    base: str,
    question: Item,
    answers: Sequence[Item],
    interview: Item,
    updated: datetime.datetime,
) -> Entry:
    """Make an entry of a question and answers to it, with the interview that they are from below them."""
    people = [question["asked_by"], *(answer["speaker"] for answer in answers)]
    said = [question["text"], *(answer["text"] for answer in answers)]
    origin = ", ".join(filter(None, (interview["title"], interview["publisher"], interview["published"])))
    topics = {topic["slug"]: topic["label"] for topic in question["topics"]}
    return Entry(
        id=urn(item_id),
        title=shortened(question["text"], _TITLE),
        address=in_api(base, page),
        web_page=page,
        source_url=interview["source_url"],
        updated=updated,
        published=interview["published"],
        summary=shortened(answers[0]["text"], _SUMMARY) if answers else None,
        content=PARAGRAPH.join([*map(_spoken, people, said), f"— {origin}"]),
        interview=interview["title"],
        language=interview["language"],
        rights=None,
        people=_names(person for person in people if person),
        topics=topics,
        about={
            "id": item_id,
            "published": interview["published"],
            "question": {"id": question["id"], "asked_by": _slug(question["asked_by"])},
            "answers": [{"id": answer["id"], "speaker": _slug(answer["speaker"])} for answer in answers],
            "topics": list(topics),
            "interview": {name: interview[name] for name in ("slug", "title", "publisher", "series")},
        },
    )


def _spoken(person: Item | None, text: str) -> str:
    label = display_name(person) if person else None
    return f"{label}: {text}" if label else text


def _names(people: Iterable[Item]) -> list[str]:
    return list(dict.fromkeys(person["name"] for person in people if person["name"]))


def _slug(person: Item | None) -> str | None:
    return person["slug"] if person else None


def shortened(text: str, width: int) -> str:
    """Fold a text to one line, and cut it between words where it is long; words of some scripts have no gaps."""
    line = one_line(text)
    if len(line) <= width:
        return line
    cut = textwrap.shorten(line, width, placeholder=_MORE)
    return cut if cut != _MORE else line[: width - 1] + _MORE


# Interviews say themselves when they were last changed.
INTERVIEWS = Entries("Interviews", lambda _interview: [], _interview_entry)
QUESTIONS = Entries(
    "Questions", lambda question: [question["id"], *(answer["id"] for answer in question["answers"])], _question_entry
)
ANSWERS = Entries("Answers", lambda answer: [answer["id"], answer["question"]["id"]], _answer_entry)
