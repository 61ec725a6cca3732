"""Collects what a file shows of each of its label candidates: the evidence that label_decision weighs."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.transcripts.label_forms import label_form, without_title
from app.transcripts.labels import (
    declared_initials,
    is_name_shaped,
    is_person,
    label_key,
    matches_name,
    name_keys,
)
from app.transcripts.printed_labels import Style

# Share of the places where a label could stand that have one: above it, a label without a speaker is a doubt.
DENSE = 0.8
# Styles that one file mixes. Every style that is not named here is a kind of emphasis.
_GROUPS = {"colon": "plain", "time": "plain", "dash": "plain"} | {
    style: style for style in ("period", "point", "alone", "heading", "numbered", "bracket", "name", "wide")
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that begins like a label.

    `timed`: a time stands beside it. `speaks`: words follow, before the next candidate. `refers`: they are only an
    address. `asks`: there is a question mark among them. `opens`: the
    sentence before it has ended. `leads`: a label could be expected here, at the start of a
    paragraph or of a line that stands for one.
    """

    label: str
    style: Style = "colon"
    timed: bool = False
    speaks: bool = True
    refers: bool = False
    leads: bool = True
    asks: bool = False
    opens: bool = True


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file shows beside its candidates.

    `people` are the names that it lists; `lower` the words that it prints in lower case; `capital` how often it prints
    each word with a capital. `density` is the share of the places where a label could stand that have a candidate.
    """

    people: tuple[str, ...] = ()
    lower: Collection[str] = frozenset()
    capital: Mapping[str, int] = field(default_factory=dict)
    density: float = 0.0

    @property
    def is_dense(self) -> bool:
        """Whether nearly every paragraph or line begins like a label."""
        return self.density >= DENSE


@dataclass(slots=True)
class Evidence:
    """What the file shows of one label in one style.

    `count` is the number of its occurrences in that style, in any printing (`BOB` and `Bob`); `total` that in all
    styles. `common`: the text also prints all its words in lower case. `mentioned`: the text also prints the name where
    it is no label. `between`: it always stands between labels of clear speakers. `says_nothing`: no words ever follow.
    `wrapped`: it always stands where the sentence of the line before goes on.
    """

    label: str
    group: str
    count: int = 0
    total: int = 0
    listed: bool = False
    declared: bool = False
    timed: bool = False
    common: bool = False
    mentioned: bool = False
    between: bool = False
    leads: bool = False
    wrapped: bool = True
    says_nothing: bool = True
    only_refers: bool = True
    emphasized: bool = False


def group_of(style: Style) -> str:
    """Return the group of styles that one file mixes."""
    return _GROUPS.get(style, "emphasis")


def collect(candidates: Sequence[Candidate], facts: FileFacts) -> dict[tuple[str, str], Evidence]:
    """Collect what the file shows of each label."""
    # A time beside a label makes it a speaker: prose has none there.
    timed = [each.label for each in candidates if each.timed and _could_speak(each.label, facts.lower)]
    names = name_keys([*facts.people, *timed])
    declared = {label_key(parts[1]) for each in candidates if (parts := declared_initials(each.label))}
    in_group = Counter((_name_key(each.label), group_of(each.style)) for each in candidates)
    in_file = Counter(label_key(each.label) for each in candidates)
    evidence: dict[tuple[str, str], Evidence] = {}
    for each in candidates:
        group, folded = group_of(each.style), label_key(each.label)
        key = (each.label, group)
        if key not in evidence:
            evidence[key] = Evidence(
                each.label,
                group,
                count=in_group[_name_key(each.label), group],
                total=in_file[folded],
                listed=_is_listed(each.label, names),
                declared=folded in declared,
                common=is_prose(each.label, facts.lower),
                mentioned=_is_mentioned(each.label, in_file[folded], facts.capital),
            )
        found = evidence[key]
        found.timed = found.timed or each.timed
        found.leads = found.leads or each.leads
        found.wrapped = found.wrapped and not each.opens
        found.says_nothing = found.says_nothing and not each.speaks
        found.only_refers = found.only_refers and each.refers
        found.emphasized = found.emphasized or each.style in {"bold", "italic"}
    return evidence


def _name_key(label: str) -> str:
    """Return what all printings of a name share: `Roe` of `Roe (Ohio)`, of `Roe, mayor` and of `ROE`."""
    return label_key(label_form(label).name) or label_key(label)


def _is_listed(label: str, names: Collection[str]) -> bool:
    """Whether a label is a listed name, or has one with something said about it: `tidyboxdev (TBD)`."""
    form = label_form(label)
    said = [form.name] if form.name != label and len(form.name) > 1 else []
    return matches_name(label, names) or any(matches_name(each, names) for each in said)


def _could_speak(label: str, words: Collection[str]) -> bool:
    return is_name_shaped(label) and is_person(label) and not is_prose(label, words)


def is_prose(label: str, words: Collection[str]) -> bool:
    """Whether the text also prints every word of a label in lower case; `words` are those that it does."""
    return all(word.strip(".,'’()\"“”").lower() in words for word in label.split())


def _is_mentioned(label: str, count: int, capital: Mapping[str, int]) -> bool:
    """Whether the text prints the words of a name more often than the label stands there."""
    words = [word.strip(".,'’()") for word in without_title(label_form(label).name).split()]
    return bool(words) and all(word[:1].isupper() and capital.get(word, 0) > count for word in words)
