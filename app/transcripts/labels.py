"""Says what a speaker label means: a role, a person, a part of the recording such as `Break`, or prose.

Every format uses it, so that a label means the same in plain text, Markdown, captions and tables.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from app.text.folding import fold
from app.transcripts.label_words import (
    ANSWER_LABELS,
    NOT_PEOPLE,
    PARTICLES,
    PROSE,
    QUESTION_LABELS,
    ROLE_OF,
    ROLE_PHRASES,
    SOUNDS,
    UNNAMED,
    Role,
)

_NAME_WORD = re.compile(r"[^\W\d_](?:[\w.'’‘\u00ad-]*[\w.)’'])?\d{0,3}")
_JOINT = re.compile(r"\s{0,4}[/&+,]\s{0,4}|\s{1,4}(?:and|AND|und|UND|et|ET|y|e|i)\s{1,4}")
_DECLARED = re.compile(r"(?P<name>[^()（）]{2,70}?)\s*[(（](?P<aside>[^()（）]{1,40})[)）]")
_TRAILING_NUMBER = re.compile(r"[\s#_-]{0,3}(?:(?:n[o°ºr]|№)\.?\s{0,2})?\d{1,3}$|[\s_][a-z]$")
# What diarization and meeting programs print for voices that they cannot name: `SPEAKER_01`, `spk_0`, `S2`, hexadecimal
# and camel-case identifiers.
_MACHINE = re.compile(
    r"(?:speaker|spkr?|person|voice|channel|participant|user|caller|s|ch|sprecher(?:in)?|locuteur|hablante"
    r"|orador|falante"
    r"|parlante|спикер|говорящий|голос|发言人|說話者|说话人|話者|화자)[\s_#.-]{0,3}(?:(?:no|nr|n°|nº"
    r"|№)[\s.]{0,2})?(?:\d{1,4}|[a-z])?"
    r"|\d{1,6}|(?=[a-f]{0,40}[0-9])[0-9a-f]{8,40}(?:-[0-9a-f]{4,12}){0,4}"
)
_IDENTIFIER = re.compile(r"#?[A-Z][a-z]{2,20}[A-Z][a-z]{2,20}\d{0,3}|#[\w.-]{1,60}|\w{0,30}_\d{1,6}")
_NAME_PREFIXES = ("Mac", "Fitz", "Van", "Von", "Den", "Del", "Des", "Las", "Los", "Mhic")
_SEPARATORS = re.compile(r"[\s_-]+")
_SOME_MEMBERS = re.compile(
    r"(?:some|an?|several|many|various|all|other) (?:(?:hon(?:ou?rable)?|opposition|government) )?(?:members?"
    r"|senators?|voices?"
    r"|deputies|delegates?|speakers?|participants?)|(?:des|plusieurs) voix|une voix"
)
_WORD = re.compile(r"[^\W\d_]+")


# A file has few different labels.
@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """Fold case, white space, accents and periods, so that all printings of a label are equal."""
    return " ".join(fold(label).replace(".", "").split())


def stated_role(label: str) -> Role | None:
    """Return the role that a label states: `Q`, `Host`, `Réponse`, `记者`; None for a name."""
    key = _TRAILING_NUMBER.sub("", label_key(label)) or label_key(label)
    words = _SEPARATORS.sub(" ", key)
    if role := ROLE_OF.get(key) or ROLE_PHRASES.get(words):
        return role
    glued = key.rstrip("0123456789")
    return ROLE_OF.get(glued)


def is_question_label(label: str) -> bool:
    """Whether the label says that a question follows: `Q`, `Question 2`, `Frage`."""
    return _without_number(label) in QUESTION_LABELS


def is_answer_label(label: str) -> bool:
    """Whether the label says that an answer follows: `A`, `Ans`, `Réponse`."""
    return _without_number(label) in ANSWER_LABELS


def _without_number(label: str) -> str:
    key = _SEPARATORS.sub(" ", label_key(label))
    return key.rstrip("0123456789").strip() or key


def is_speaker_word(label: str) -> bool:
    """Whether a label means a speaker without a name: a role, or a word such as `Speaker 1`."""
    if stated_role(label) or _SOME_MEMBERS.fullmatch(label_key(label)):
        return True
    words = _TRAILING_NUMBER.sub("", label_key(label)).rstrip("0123456789").split()
    return bool(words) and len(words) <= 3 and all(word in UNNAMED or word == "speaker" for word in words)


@lru_cache(maxsize=4096)
def is_machine_label(label: str) -> bool:
    """Whether a program made a label for somebody whom it does not know: `SPEAKER_01`, `?`, `QuillMara`, `17`."""
    bare = label.strip(" \t()[]<>{}:")
    if not any(character.isalpha() for character in bare):
        return True
    return bool(
        (_MACHINE.fullmatch(label_key(bare)) and (len(bare) > 2 or bare[-1:].isdigit()))
        or (_IDENTIFIER.fullmatch(bare) and not bare.startswith(_NAME_PREFIXES))
    )


def names_nobody(label: str) -> bool:
    """Whether a label is a role, a word such as `Unidentified`, or made by a program: never somebody's name."""
    return is_machine_label(label) or is_speaker_word(label)


@lru_cache(maxsize=4096)
def is_person(label: str) -> bool:
    """Whether a label can mean a person, unlike `Break`, `Jingle`, `Narrator` or `日期`."""
    key = label_key(label)
    return key not in NOT_PEOPLE and _TRAILING_NUMBER.sub("", key) not in NOT_PEOPLE


def is_sound(words: str) -> bool:
    """Whether words name a sound, as captions print it in brackets or capitals: `APPLAUSE`, `PHONE RINGS`."""
    found = _WORD.findall(words)
    return bool(found) and fold(found[-1]) in SOUNDS


def declared_initials(label: str) -> tuple[str, str] | None:
    """Split `Adam Jonas (AJ)` into the name and what is in brackets after it; None without brackets."""
    match = _DECLARED.fullmatch(label)
    return (match.group("name"), match.group("aside")) if match else None


def joint_parts(label: str) -> list[str]:
    """Split `M/G/S` or `DM & RL` into the labels of the people who speak together."""
    return [part for part in _JOINT.split(label) if part]


def initial_tiers(name: str) -> tuple[str, str, str]:
    """Return the initials of a name in lower case, in three forms: of every word, of every word but particles such as
    `van`, and of the first and last word.
    """
    words = [word for word in _SEPARATORS.sub(" ", label_key(name)).split() if word[0].isalpha()]
    main = [word for word in words if word not in PARTICLES] or words
    if not main:
        return "", "", ""
    return "".join(word[0] for word in words), "".join(word[0] for word in main), main[0][0] + main[-1][0]


def initials_of(name: str) -> set[str]:
    """Return the folded abbreviations of a name: `Aaron van Wirdum` gives avw, aw and a."""
    tiers = initial_tiers(name)
    return {each for each in tiers if len(each) > 1} | {tiers[1][:1]} - {""}


def is_name_shaped(label: str) -> bool:
    """Whether a label looks like a name or initials: few words, each with a capital or in a script without case."""
    if label.count("(") != label.count(")"):
        return False
    if declared := declared_initials(label):
        return is_name_shaped(declared[0])
    parts = joint_parts(label.replace('"', " ").replace("“", " ").replace("”", " "))
    return bool(parts) and all(_is_one_name(each[0] if (each := declared_initials(part)) else part) for part in parts)


def _is_one_name(label: str) -> bool:
    words = label.split()
    if not words or len(words) > 5:
        return False
    if label_key(label) in PROSE or label_key(words[0]).rstrip("0123456789") in PROSE:
        return False
    if label_key(words[-1]) in PROSE and len(words) > 1:
        return False
    for index, word in enumerate(words):
        bare = word.strip("()'’‘,")
        if not bare or (index and (bare.casefold() in PARTICLES or bare.isdigit())):
            continue
        if not _NAME_WORD.fullmatch(bare) or not _begins_a_name(bare):
            return False
    return label_key(words[0]) not in {"the", "a", "an", "and", "of"} or label.isupper() or len(words) == 2


def _begins_a_name(word: str) -> bool:
    first = word[0]
    if first.isupper() or first.istitle():
        return True
    # Scripts without case have no capitals, so the length decides. d'Arc and bin-Salman begin in lower case.
    return (first.upper() == first.lower() and len(word) <= 12) or any(c.isupper() for c in word[1:4])


def name_keys(people: Collection[str]) -> frozenset[str]:
    """Return the folded forms in which a label may name these people: full, first and last name, and initials."""
    keys: set[str] = set()
    for name in people:
        full = label_key(name)
        keys.add(full)
        keys.update(full.split())
        keys.update(initials_of(name))
    return frozenset(keys)


def matches_name(label: str, keys: Collection[str]) -> bool:
    """Whether a label is one of the forms that `name_keys` returned."""
    key = label_key(label)
    return key in keys or key.replace(" ", "") in keys
