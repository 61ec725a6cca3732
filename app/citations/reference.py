"""Makes the entry of a list of references: whose words, in which interview, where and when.

Names are written as in the source and never split into parts. Somebody whom the source does not name is cited by the
label that it prints, or by role. What the source does not state is left out; there is no date of access.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.citations.subject import CitedText, Item, Noun, Subject
from app.structure.pairing import ASKING, Attribution, Role
from app.transcripts.labels import names_nobody
from app.transcripts.marks import is_mark

# Characters that embed or override the direction of writing: unclosed, they would reverse the rest of a reference.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Code points of a quotation in a reference, at most.
_LONGEST_QUOTATION = 280
# Characters that an address cannot have unencoded (RFC 3986, section 2): they could end it or break out of a field.
_NOT_IN_ADDRESSES = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_CLOSED = tuple(f"{sign}{mark}" for sign in ".?!…。？！" for mark in ("", "”"))


@dataclass(frozen=True)
class Reference:
    """One entry of a list of references. Each field is on one line.

    `key` consists of ids, revision and range, in letters, digits and hyphens. `authors` are the interviewees,
    `speakers` those who say the cited words. `published` is YYYY, YYYY-MM or YYYY-MM-DD. `place` says what is cited
    within the interview, by id and revision. `permalink` is None where it would not be absolute.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    speakers: tuple[str, ...]
    interviewers: tuple[str, ...]
    moderators: tuple[str, ...]
    published: str | None
    publisher: str | None
    series: str | None
    language: str | None
    source_url: str | None
    place: str
    permalink: str | None
    quotation: str | None

    @property
    def date_parts(self) -> list[int]:
        """Year, month and day, as far as the date is known."""
        return [int(part) for part in self.published.split("-")] if self.published else []

    @property
    def url(self) -> str | None:
        """The address of the interview at its publisher, or else here."""
        return self.source_url or self.permalink

    @property
    def note(self) -> str:
        """What reference formats have no field for."""
        permalink = self.permalink if self.permalink != self.url else None
        said_by = () if self.speakers == self.authors else self.speakers
        return "; ".join(filter(None, (*self._people(), _labelled("speaker", said_by), self.place, permalink)))

    @property
    def sentence(self) -> str:
        """The reference as plain text. A quotation is followed by those who say it."""
        first = self.authors if self.quotation is None else self.speakers
        interview = "Interview"
        if self.authors != first:
            interview = f"Interview with {', '.join(self.authors)}"
        parts = (
            self.quotation and f"“{self.quotation}”",
            ", ".join(first),
            self.title,
            "; ".join((interview, *self._people())),
            ", ".join(filter(None, (self.series, self.publisher, self.published))),
            self.source_url,
            self.place,
            self.permalink,
        )
        return " ".join(part if part.endswith(_CLOSED) else f"{part}." for part in parts if part)

    def _people(self) -> Iterable[str]:
        return filter(None, (_labelled("interviewer", self.interviewers), _labelled("moderator", self.moderators)))


def refer(subject: Subject, cited: CitedText | None, permalink: str) -> Reference:
    """Make the reference of a cited text, or of an interview as a whole if that is None."""
    interview = subject.interview
    people = {person["slug"]: person for person in interview["people"]}
    slugs = () if cited is None else dict.fromkeys(span.turn["speaker"] for span in cited.spans)
    speaking = [people[slug] for slug in slugs if slug in people]
    inferred = interview["language_attribution"] != Attribution.STATED
    return Reference(
        key=_key(subject, cited),
        title=clean(interview["title"]),
        authors=_authors(speaking, people.values()),
        speakers=_cited(speaking),
        interviewers=_people_with(people.values(), Role.INTERVIEWER),
        moderators=_people_with(people.values(), Role.MODERATOR),
        published=interview["published"],
        publisher=clean(interview["publisher"] or "") or None,
        series=clean(interview["series"] or "") or None,
        language=None if inferred else interview["language"],
        source_url=address(interview["source_url"]) if interview["source_url"] else None,
        place=_location(subject, cited),
        permalink=address(permalink) if permalink.startswith(("http://", "https://")) else None,
        quotation=None if cited is None else _quotation(cited.text),
    )


def cited_as(person: Item) -> str | None:
    """Return how to cite a person: by name, by a label that could be one, or by role; None if none is known."""
    if name := clean(person["name"] or ""):
        return name
    labels = [clean(label) for label in person["labels"]]
    if label := next((label for label in labels if label and not names_nobody(label) and not is_mark(label)), None):
        return label
    role = Role(person["role"])
    return None if role is Role.UNKNOWN else _unnamed(role)


def clean(text: str) -> str:
    """Put text on one line: fold white space; remove controls, noncharacters and direction embeddings."""
    return " ".join("".join(character for character in text if _is_kept(character)).split())


def address(url: str) -> str:
    """Percent-encode the characters that an address cannot have, and no others."""
    return _NOT_IN_ADDRESSES.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), url)


def _is_kept(character: str) -> bool:
    if character.isspace():
        return True
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return (
        not is_noncharacter
        and character not in _DIRECTION_MARKS
        and unicodedata.category(character) not in {"Cc", "Cs"}
    )


def _authors(speaking: Sequence[Item], people: Collection[Item]) -> tuple[str, ...]:
    """Return the speakers unless they ask or interpret, else the interviewees, else the people without a role."""
    for those in (
        [person for person in speaking if person["role"] not in {*ASKING, Role.INTERPRETER}],
        [person for person in people if person["role"] == Role.INTERVIEWEE],
        [person for person in people if person["role"] == Role.UNKNOWN],
    ):
        if those:
            return _cited(those)
    return ()


def _cited(people: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(cited_as, people))))


def _people_with(people: Iterable[Item], role: Role) -> tuple[str, ...]:
    """Return the people with a role, except those known by the role alone."""
    return tuple(name for name in _cited(each for each in people if each["role"] == role) if name != _unnamed(role))


def _unnamed(role: Role) -> str:
    return f"Unnamed {role.value}"


def _labelled(what: str, people: Sequence[str]) -> str:
    return f"{what}{'s' if len(people) > 1 else ''}: {', '.join(people)}" if people else ""


def _key(subject: Subject, cited: CitedText | None) -> str:
    parts: list[object] = ["quoth", subject.id]
    if subject.revision is not None:
        parts.append(f"r{subject.revision}")
    if cited is not None and cited.turn_id is not None:
        parts.append(cited.turn_id.rpartition("-")[2])
    if cited is not None and cited.start is not None:
        parts += [cited.start, cited.end]
    return "-".join(map(str, parts))


def _location(subject: Subject, cited: CitedText | None) -> str:
    what = subject.noun.value
    if subject.noun is Noun.QUESTION and subject.position is not None:
        what = f"question {subject.position}"
    elif subject.noun is Noun.ANSWER and subject.question_position is not None:
        number = f" {subject.position}" if (subject.position or 1) > 1 else ""
        what = f"answer{number} to question {subject.question_position}"
    revision = None if subject.revision is None else f"revision {subject.revision}"
    where = [f"{what.capitalize()} ({', '.join(filter(None, (subject.id, revision)))})"]
    if cited is not None and cited.turn_id is not None:
        where.append(f"turn {cited.turn_id}")
    if cited is not None and cited.start is not None:
        where.append(f"char={cited.start},{cited.end}")
    return ", ".join(where)


def _quotation(text: str) -> str:
    """Quote a short text in full, and of a long one the first words with an ellipsis."""
    text = text.strip()
    # An answer may be as long as a book: clean only its beginning.
    beginning = text[: 4 * _LONGEST_QUOTATION]
    words = clean(beginning)
    if len(words) <= _LONGEST_QUOTATION and beginning == text:
        return words
    return f"{words[:_LONGEST_QUOTATION].rpartition(' ')[0] or words[:_LONGEST_QUOTATION]} …"
