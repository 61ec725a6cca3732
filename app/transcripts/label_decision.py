"""Decides which label candidates of a file are speakers, by what the whole file shows of each of them.

One line cannot tell a name from prose. So everything that speaks for or against a candidate is collected once, as
`Evidence`, and `_decide` alone weighs it. What it says is a `Verdict`: a speaker, prose, or a doubt. The words behind
a doubtful label are nobody's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from app.transcripts.label_evidence import Candidate, Evidence, FileFacts, collect, group_of
from app.transcripts.label_forms import is_described, is_formula, is_full_name, is_office, is_titled, label_form
from app.transcripts.label_words import OPENINGS, PROSE
from app.transcripts.labels import (
    declared_initials,
    initial_tiers,
    initials_of,
    is_machine_label,
    is_name_shaped,
    is_person,
    is_speaker_word,
    joint_parts,
    label_key,
    matches_name,
    name_keys,
    stated_role,
)
from app.transcripts.printed_labels import Style

# A label made of words that the text also prints in lower case is a name only if it occurs more often than this.
_RARE = 3
_WORDS_OF_A_NICKNAME = 2
# Share of the places with a label above which each place without a speaker is a doubt, whatever stands around it.
_EVERYWHERE = 0.95
# Groups of styles without a colon or the like, and how many names have to recur in them; the share of places that have
# to have a label there.
_WITHOUT_A_SIGN, _OFTEN = {"bracket": 2, "name": 2, "wide": 1}, 0.4
# Share of the labels of a chat that recur, at least.
_MOST_RECUR = 0.7
# Times that all candidates are judged, at most.
_PASSES = 3
_NOTHING_ELSE = FileFacts()
ONLY_ADDRESS = "only an address follows"
HEADING = "it is a heading: nothing is said below it"


class Outcome(Enum):
    """What a candidate is."""

    SPEAKER = auto()
    PROSE = auto()
    DOUBT = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a candidate is, and why."""

    outcome: Outcome
    reason: str

    @property
    def is_speaker(self) -> bool:
        """Whether the words behind the label are those of the speaker that it means."""
        return self.outcome is Outcome.SPEAKER


@dataclass(frozen=True, slots=True)
class _Clear:
    """The speakers that are clear by themselves, as the others are compared with them."""

    main: str
    keys: frozenset[str]
    shapes: frozenset[str]
    initials: frozenset[str]
    in_capitals: bool
    machine_made: bool
    names: frozenset[str]
    numbered: frozenset[str]
    handles: bool


@dataclass(frozen=True)
class Decision:
    """The verdict on each label in each group of styles, and the group that most speakers are printed in."""

    verdicts: Mapping[tuple[str, str], Verdict]
    main: str = ""

    def of(self, label: str, style: Style) -> Verdict:
        """Return the verdict on a label in a style."""
        return self.verdicts[label, group_of(style)]

    @property
    def speakers(self) -> frozenset[str]:
        """The labels that are speakers in any style."""
        return frozenset(label for (label, _), verdict in self.verdicts.items() if verdict.is_speaker)


def decide(candidates: Sequence[Candidate], facts: FileFacts = _NOTHING_ELSE) -> Decision:
    """Decide on all candidates of a file, which are given in its order."""
    evidence = collect(candidates, facts)
    clear = {key: reason for key, each in evidence.items() if (reason := _clear_by_itself(each))}
    for group, fewest in _WITHOUT_A_SIGN.items():
        names = {label_key(label) for label, style in clear if style == group}
        if len(names) < fewest or facts.density < _OFTEN:
            clear = {key: reason for key, reason in clear.items() if key[1] != group}
    sizes = Counter(group_of(each.style) for each in candidates if (each.label, group_of(each.style)) in clear)
    if not sizes:
        return Decision(_without_clear_speakers(candidates, evidence, facts))
    main = max(sizes, key=lambda group: sizes[group])
    stems = Counter(_stem(label) for label in {each.label for each in evidence.values()})
    numbered = frozenset(stem for stem, count in stems.items() if count > 1)
    known = set(clear)
    verdicts: dict[tuple[str, str], Verdict] = {}
    # Who is found beside clear speakers tells more of the others.
    for _ in range(_PASSES):
        _note_neighbours(candidates, evidence, known)
        found = _clear_speakers(main, [evidence[key] for key in known if key[1] == main], facts, numbered)
        settled = {key: verdict for key, verdict in verdicts.items() if verdict.is_speaker}
        verdicts = {
            key: settled.get(key) or _decide(each, clear.get(key), found, facts) for key, each in evidence.items()
        }
        speakers = {key for key, verdict in verdicts.items() if verdict.is_speaker}
        if speakers == known:
            break
        known = speakers
    return Decision(verdicts, main)


def _clear_by_itself(each: Evidence) -> str | None:
    """Return why a label is a speaker whatever the others are, or None."""
    label = each.label
    if each.only_refers or is_formula(label):
        return None
    if is_speaker_word(label) or is_speaker_word(label_form(label).name):
        return "it says a role"
    if each.listed:
        return "the file lists the name"
    if each.declared:
        return "the file declares these initials"
    if not is_person(label):
        return None
    if is_name_shaped(label) and each.count > (_RARE if each.common else 1):
        return "the name recurs"
    # An identifier such as `TypeScript` is prose more often than somebody's.
    if is_machine_label(label) and not label.isalpha() and each.count > 1:
        return "a program made the label"
    if (_is_handle(label) or is_described(label)) and each.count > 1:
        return "the label recurs"
    return None


def _is_in_lower_case(label: str) -> bool:
    return label.islower() and " " not in label


def _is_handle(label: str) -> bool:
    return label.startswith(("@", "<")) or "_" in label


def _note_neighbours(
    candidates: Sequence[Candidate], evidence: Mapping[tuple[str, str], Evidence], clear: Collection[tuple[str, str]]
) -> None:
    keys = [(each.label, group_of(each.style)) for each in candidates]
    apart: dict[tuple[str, str], bool] = {}
    for index, key in enumerate(keys):
        if key not in clear:
            before = index > 0 and keys[index - 1] in clear
            after = index + 1 == len(keys) or keys[index + 1] in clear
            apart[key] = apart.get(key, True) and before and after
    for key, stands in apart.items():
        evidence[key].between = stands


def _clear_speakers(main: str, clear: Sequence[Evidence], facts: FileFacts, numbered: frozenset[str]) -> _Clear:
    shapes = [_shape(each.label) for each in clear if not stated_role(each.label) and not is_machine_label(each.label)]
    cased = [each.label for each in clear if any(letter.islower() or letter.isupper() for letter in each.label)]
    return _Clear(
        main,
        frozenset(label_key(each.label) for each in clear),
        frozenset(shapes),
        frozenset(label_key(each.label) for each in clear if _shape(each.label) == "initials"),
        bool(shapes) and all(label.isupper() for label in cased),
        any(is_machine_label(each.label) for each in clear),
        name_keys(facts.people),
        numbered,
        all(_is_handle(each.label) or each.label.islower() for each in clear),
    )


def _shape(label: str) -> str:
    label = label_form(label).name
    letters = [character for character in label if character.isalpha()]
    if label.isupper() and len(letters) <= 4:
        return "initials"
    if label.isupper():
        return "capitals"
    return "one word" if len(label.split()) == 1 else "full name"


def _looks_alike(label: str, clear: _Clear) -> bool:
    shape = _shape(label)
    if shape in clear.shapes or declared_initials(label):
        return True
    # A full name introduces somebody who is then called by initials or by the first name.
    if shape == "full name" and "initials" in clear.shapes:
        return True
    return not clear.keys.isdisjoint(label_key(label).split()) or not clear.initials.isdisjoint(initials_of(label))


def _decide(each: Evidence, clear_reason: str | None, clear: _Clear, facts: FileFacts) -> Verdict:
    """Weigh the evidence on one label. The first reason that holds decides."""
    label = each.label
    if each.only_refers or is_formula(label):
        return Verdict(Outcome.PROSE, ONLY_ADDRESS if each.only_refers else "it is a formula")
    if each.group != clear.main:
        return _decide_in_other_style(each, clear, facts)
    if clear_reason:
        return Verdict(Outcome.SPEAKER, clear_reason)
    if each.says_nothing and label.isupper():
        return Verdict(Outcome.PROSE, HEADING)
    if not is_person(label):
        return Verdict(Outcome.SPEAKER, "it is a part of the recording")
    if _begins_with_prose(label):
        return Verdict(Outcome.PROSE, "it begins a remark or a list")
    if each.group == "heading" and not each.mentioned and not _is_of_speakers(label, clear):
        return Verdict(Outcome.DOUBT, "it is a heading that names nobody of this file")
    if not _numbers_a_reference(each, clear) and (reason := _speaks_once(each, clear, facts)):
        return Verdict(Outcome.SPEAKER, reason)
    if each.wrapped:
        return Verdict(Outcome.PROSE, "it goes on with the sentence of the line before")
    if each.leads and ((facts.is_dense and each.between) or facts.density >= _EVERYWHERE):
        return Verdict(Outcome.DOUBT, "it stands where the others have a label, and names nobody")
    if _could_be_somebody(each, clear):
        return Verdict(Outcome.DOUBT, "it may be a name or a lead-in")
    return Verdict(Outcome.PROSE, "it looks like prose")


def _numbers_a_reference(each: Evidence, clear: _Clear) -> bool:
    """Whether a label that occurs once ends in a number as no name does: `Psalm 12: 4`, `Bay 3: Hill 2`."""
    label = each.label
    if (
        each.count > 1
        or " " not in label
        or not label[-1:].isdigit()
        or is_speaker_word(label)
        or is_machine_label(label)
    ):
        return False
    return not is_office(label) and _stem(label) not in clear.numbered


def _stem(label: str) -> str:
    return label_key(label).rstrip("0123456789 #-")


def _is_of_speakers(label: str, clear: _Clear) -> str | None:
    """Return how a label names speakers who are clear by other labels, or None."""
    form = label_form(label)
    joint = joint_parts(label)
    parts = {label_key(label_form(part).name) for part in joint} | {label_key(part) for part in joint}
    if len(joint) > 1 and len(parts & clear.keys) >= len(joint):
        return "it joins speakers of this file"
    if len(label.split()) > 1 and initial_tiers(label)[0] in clear.initials:
        return "its initials are a label of this file"
    if label_key(form.name) in clear.keys:
        return "it names a speaker of this file"
    if clear.machine_made and is_machine_label(label) and not label.isalpha():
        return "a program made the label"
    return None


def _speaks_once(each: Evidence, clear: _Clear, facts: FileFacts) -> str | None:
    """Return why a label that is not clear by itself is a speaker beside clear ones, or None."""
    label = each.label
    form = label_form(label)
    named = is_name_shaped(label) or is_described(label)
    alone = each.leads and each.between
    if reason := _is_of_speakers(label, clear):
        return reason
    if each.wrapped:
        return None
    if is_titled(form.name) and (each.between or facts.is_dense or each.mentioned):
        return "it has a title and a name"
    if clear.handles and (_is_handle(label) or (_is_in_lower_case(label) and alone and facts.density >= _EVERYWHERE)):
        return "it is a handle as those of the others are"
    if clear.in_capitals and label.isupper() and (named or is_office(label)):
        clear_enough = facts.is_dense or not each.common or is_office(label)
        return "it is in capitals as the labels of the speakers are" if clear_enough else None
    if is_office(label) and (facts.is_dense or each.between) and (each.leads or not each.common):
        return "it is an office"
    if named and each.leads and _looks_alike(label, clear) and not each.common:
        return "it looks like the labels of the speakers"
    if named and alone and (each.mentioned or (facts.is_dense and (each.emphasized or not each.common))):
        between = "it stands between the labels of others as theirs do"
        return "the text speaks of somebody with that name" if each.mentioned else between
    recurs = each.count > 1 and facts.is_dense
    # `P0`, `JB`: too short for a word of prose where every line has a label.
    short = _shape(label) == "initials" and facts.density >= _EVERYWHERE
    if named and each.leads and (recurs or short):
        return "it stands where the others have a label"
    if each.count > 1 and alone and len(label.split()) <= _WORDS_OF_A_NICKNAME and not each.common:
        return "it recurs between the labels of others"
    return None


def _begins_with_prose(label: str) -> bool:
    words = label_key(label).split()
    return bool(words) and (words[0].rstrip("0123456789") in PROSE or label_key(label) in PROSE or words[0] in OPENINGS)


def _could_be_somebody(each: Evidence, clear: _Clear) -> bool:
    """Whether a label that was not taken is so near to one that its words must not be the previous speaker's."""
    if not each.leads or not each.between:
        return False
    in_style = clear.in_capitals and each.label.isupper() and is_name_shaped(each.label)
    return in_style or is_described(each.label)


def _decide_in_other_style(each: Evidence, clear: _Clear, facts: FileFacts) -> Verdict:
    """In another style, speakers, roles and listed names count, and who alternates with clear speakers."""
    label = each.label
    if each.group in {"plain", "emphasis"}:
        if label_key(label) in clear.keys:
            return Verdict(Outcome.SPEAKER, "it is a speaker in another style")
        if stated_role(label) and is_speaker_word(label) and len(label.split()) < 4:
            return Verdict(Outcome.SPEAKER, "it says a role")
        if matches_name(label, clear.names) and len(label) > 2:
            return Verdict(Outcome.SPEAKER, "the file lists the name")
        apart = each.count > 1 or each.between or facts.is_dense
        if each.group == "plain" and each.leads and is_titled(label) and apart:
            return Verdict(Outcome.SPEAKER, "it has a title and a name")
        if each.group == "plain" and each.leads and facts.is_dense and is_name_shaped(label) and is_person(label):
            return Verdict(Outcome.DOUBT, "it stands where the others have a label, in another style")
    return Verdict(Outcome.PROSE, "the labels of this file are printed in another style")


def _without_clear_speakers(
    candidates: Sequence[Candidate], evidence: Mapping[tuple[str, str], Evidence], facts: FileFacts
) -> dict[tuple[str, str], Verdict]:
    """Accept two different names that each occur once, if there is no other candidate: an exchange of two turns.

    Or else two or more words that recur in front of all lines, if somebody asks: nicknames in a chat.
    """
    if _is_chat(candidates, evidence, facts):
        as_others = Verdict(Outcome.SPEAKER, "it stands in front of a line as in a chat")
        doubt = Verdict(Outcome.DOUBT, "it stands where the others have a label")
        return {key: as_others if each.count > 1 or _is_nickname(each) else doubt for key, each in evidence.items()}
    labels = [each.label for each in candidates]
    names = [label for label in labels if is_person(label) and _may_speak(label)]
    # Two are an exchange. More of them may be a glossary, unless they are full names or somebody asks.
    asked = any(each.asks for each in candidates) or all(map(is_full_name, map(_name_in, names)))
    different = len(set(names)) == 2 or (len(set(names)) > 2 and asked)
    two = len(names) == len(labels) and different and not any(each.only_refers for each in evidence.values())
    verdict = (
        Verdict(Outcome.SPEAKER, "names alternate, and nothing else is labelled")
        if two
        else Verdict(Outcome.PROSE, "no label of this file is clearly a speaker")
    )
    return dict.fromkeys(evidence, verdict)


def _may_speak(label: str) -> bool:
    return is_name_shaped(label) or is_described(label) or is_office(label)


def _name_in(label: str) -> str:
    return label_form(label).name


def _is_nickname(each: Evidence) -> bool:
    printed = each.common and not each.label.islower()
    return " " not in each.label and not printed and not _begins_with_prose(each.label) and is_person(each.label)


def _is_chat(candidates: Sequence[Candidate], evidence: Mapping[tuple[str, str], Evidence], facts: FileFacts) -> bool:
    recurring = [each for each in evidence.values() if each.count > 1]
    return (
        facts.density >= _EVERYWHERE
        and len(recurring) > 1
        and sum(each.count for each in recurring) >= _MOST_RECUR * len(candidates)
        and any(each.asks for each in candidates)
        and all(len(each.label.split()) == 1 and not _begins_with_prose(each.label) for each in recurring)
        and not any(each.only_refers or is_formula(each.label) for each in recurring)
    )


def speakers_among(
    labels_in_order: Iterable[str], known_people: Iterable[str] = (), words: Collection[str] = ()
) -> set[str]:
    """Return the labels that are speakers, or parts of the recording such as `Break`, where only labels are known."""
    facts = FileFacts(tuple(known_people), words)
    return set(decide([Candidate(label) for label in labels_in_order], facts).speakers)
