"""How an export says who speaks: by the label as printed, else by name, else by role; and by nothing otherwise."""

from collections.abc import Iterator, Mapping

from app.exports.format import Item
from app.structure.pairing import Attribution, Role


def people_of(record: Item) -> dict[str, Item]:
    """Return everybody who takes part, by slug."""
    return {person["slug"]: person for person in record["contributions"]}


def label_of(turn: Item, people: Mapping[str, Item]) -> str | None:
    """Say who speaks a turn, on one line; None where nothing is known of them."""
    if turn["speaker_label"]:
        return one_line(turn["speaker_label"])
    person = people.get(turn["speaker"] or "")
    return None if person is None else display_name(person)


def display_name(person: Item) -> str | None:
    """Name somebody as far as the source does: name, label or role."""
    if person["name"]:
        return one_line(person["name"])
    if person["labels"]:
        return one_line(person["labels"][0])
    role = role_of(person)
    return None if role is None else role.capitalize()


def role_of(person: Item) -> str | None:
    """Return what somebody does in the interview; None where that is not known."""
    role = Role(person["role"])
    return None if role is Role.UNKNOWN else role.value


def role_is_inferred(person: Item) -> str | None:
    """Say so where a role is a conclusion; None where the source states it or nobody knows it."""
    is_inferred = role_of(person) and person["role_attribution"] == Attribution.INFERRED
    return "The role is inferred from how people speak; the source does not state it." if is_inferred else None


def described(person: Item) -> str | None:
    """Say who somebody is and what they do in the interview; None for those whom the source does not name."""
    if not person["name"]:
        return None
    asides = [*filter(None, [role_of(person), "inferred" if role_is_inferred(person) else None, person["affiliation"]])]
    return one_line(person["name"] + (f" ({', '.join(asides)})" if asides else ""))


def stated(interview: Item) -> Iterator[tuple[str, str]]:
    """Yield what is known of an interview as (key, value), in the order in which people want to read it."""
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
    """Fold all white space, line ends of any kind included, into single spaces."""
    return " ".join(text.split())
