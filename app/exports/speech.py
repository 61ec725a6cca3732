"""Decides how exports name who speaks: by the printed label, else by name, else by role, else not at all."""

from collections.abc import Iterator, Mapping

from app.exports.format import Item
from app.structure.pairing import Attribution, Role
from app.transcripts.labels import names_nobody


def people_of(record: Item) -> dict[str, Item]:
    """Return the people who take part, by slug."""
    return {person["slug"]: person for person in record["people"]}


def label_of(turn: Item, people: Mapping[str, Item]) -> str | None:
    """Return the speaker of a turn as one line; None where nothing is known of them."""
    if turn["speaker_label"]:
        return one_line(turn["speaker_label"])
    person = people.get(turn["speaker"] or "")
    if person is None:
        return None
    return one_line(person["labels"][0]) if person["labels"] and not person["name"] else display_name(person)


def display_name(person: Item) -> str | None:
    """Return the name of a person, a label that could be one, or the role: the first that the source has.

    What a program calls a voice (`SPEAKER_01`) is no name.
    """
    if person["name"]:
        return one_line(person["name"])
    if label := next((label for label in person["labels"] if not names_nobody(label)), None):
        return one_line(label)
    role = role_of(person)
    return None if role is None else role.capitalize()


def role_of(person: Item) -> str | None:
    """Return the role of a person; None where it is not known."""
    role = Role(person["role"])
    return None if role is Role.UNKNOWN else role.value


def role_is_inferred(person: Item) -> str | None:
    """Return a remark where a role is inferred; None where it is stated or unknown."""
    is_inferred = role_of(person) and person["role_attribution"] == Attribution.INFERRED
    return "The role is inferred from how people speak; the source does not state it." if is_inferred else None


def name_with_role(person: Item) -> str | None:
    """Return the name of a person with role and affiliation; None for those whom the source does not name."""
    if not person["name"]:
        return None
    asides = [*filter(None, [role_of(person), "inferred" if role_is_inferred(person) else None, person["affiliation"]])]
    return one_line(person["name"] + (f" ({', '.join(asides)})" if asides else ""))


def metadata_of(interview: Item) -> Iterator[tuple[str, str]]:
    """Yield the stated metadata of an interview as (key, value), in reading order."""
    for key, name in (
        ("title", "title"),
        ("published", "date"),
        ("publisher", "publisher"),
        ("series", "series"),
        ("language", "language"),
        ("source_url", "source"),
        ("rights", "rights"),
        ("summary", "summary"),
    ):
        if interview[key]:
            yield name, interview[key]


def one_line(text: str) -> str:
    """Fold all white space and line ends into single spaces."""
    return " ".join(text.split())
