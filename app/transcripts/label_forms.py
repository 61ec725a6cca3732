"""Takes a speaker label apart: who is named, what is said about them, and what stands in brackets.

`IDA BRANDT, HOST`, `Oskar Venn (guest)`, `Dr. Mara Quill, mill historian`, `The Minister for Ferries (Oskar Venn)` and
`VENN (on camera)` all name a person and say something more, which is no part of the name.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.text.folding import fold
from app.transcripts.label_words import PARTICLES, PROSE, Role
from app.transcripts.labels import (
    is_machine_label,
    is_name_shaped,
    is_speaker_word,
    joint_parts,
    label_key,
    names_nobody,
    stated_role,
)

_BRACKETED = re.compile(r"(?P<name>.{1,90}?)[ \u00a0]{0,3}[(\[（](?P<aside>[^()\[\]（）]{1,60})[)\]）]")
# A bracket that is not closed belongs to a misprinted time.
_UNCLOSED = re.compile(r"(?P<name>[^()\[\]]{1,90}?)[ \u00a0]{0,3}[(\[][\dOo:;., ]{0,12}")
# How somebody is heard or spelled, or how to speak of them; nothing of that is a name.
_MANNER = re.compile(
    r"(?:on|off)[ -]?(?:camera|screen|mic|microphone|stage)|voice[ -]?over|v\.?o\.?|ph|phonetic|sp|sic"
    r"|cont(?:inued|'?d)?\.?"
    r"|(?:through|via|by|over)\b.{0,40}|in \w{3,20}|translated\b.{0,30}|\w{3,14}ing|inaudible|unintelligible"
    r"|remote(?:ly)?|live|offline|muted|unmuted|(?:he|she|they|him|her|them|his|hers|theirs|ze|xe)(?:/\w{2,6}){1,3}"
)
_QUOTED_OFFICE = re.compile(r"[\"“”„«'‘][^\"“”»'’\n]{2,40}[\"“”»'’][ \u00a0](?P<rest>.{2,70})")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|m\.d|phd|ph\.d|esq|qc|kc|mp|msp|ms|ma|obe|mbe|cbe)\.?", re.IGNORECASE)
_FROM = re.compile(r"[ \u00a0](?:from|at|with|representing|of|vom|aus)[ \u00a0]")
_DASHED = re.compile(r"[ \u00a0][-–—|][ \u00a0]")
_HONORIFIC_WORDS = (
    "mr mrs ms miss mx dr prof professor sir dame lord lady madam rev reverend father sister hon honorable judge "
    "justice sen senator rep representative congressman congresswoman gov governor gen general adm admiral col "
    "colonel maj major capt captain lt sgt ambassador amb secretary chairman chairwoman chairperson chair "
    "president minister commissioner director herr frau hr fr m mme mlle monsieur madame sr sra señor señora don "
    "señorita senhorita vizepräsident vizepräsidentin präsident präsidentin bundesminister bundesministerin "
    "abgeordnete abgeordneter staatssekretär staatssekretärin staatsminister staatsministerin "
    "bundeskanzler bundeskanzlerin doña sig signor signora signore pan pani senhor senhora г-н г-жа"
)
HONORIFICS = frozenset(fold(word) for word in _HONORIFIC_WORDS.split())
# `P(A)`, `O(n)`, `f(x)`: a letter, and an argument in brackets right behind it.
_FORMULA = re.compile(r"[A-Za-z]{1,3}\((?:[a-z0-9][a-z0-9, ^+*/-]{0,20}|[A-Z])\)")
# What people who are called by their office are called, in courts and meetings.
_WORDS_OF_OFFICES = (
    "witness court clerk reporter juror bailiff defendant plaintiff accused foreman foreperson videographer "
    "detective officer counsel prosecutor prosecution defense defence attorney judge magistrate registrar usher "
    "marshal president vice-president chancellor premier prime minister secretary governor mayor king queen "
    "speaker deputy treasurer commissioner ambassador director chairman chairwoman chairperson chair members "
    "member grand jury jurors students children crowd parliamentary state senator delegate councillor councilor "
    "presidenta presidente ministra ministro vicepresidenta vicepresidente secretaria secretario senador senadora "
    "diputado diputada deputado deputada relator relatora "
    "présidente ministre rapporteur rapporteure rapporteuse secrétaire garde député députée sénateur sénatrice "
    "alderman bishop pope archbishop zeuge zeugin gericht präsident präsidentin vizepräsident vizepräsidentin "
    "ministerin kanzler kanzlerin témoin juge greffier testigo juez témoins свидетель судья"
)
_OFFICE_WORDS = frozenset(fold(word) for word in _WORDS_OF_OFFICES.split())
_ARTICLES = frozenset(("the", "le", "la", "el", "der", "die", "das", "il"))
# `Karl from South Bay` calls from a place; what belongs to somebody may speak for them: `Tor's iPad`, `Petra's guest`.
_CALLER = re.compile(
    r"[ \u00a0](?:calling[ ])?(?:from|in|aus|from the|d['’]|depuis|desde|da|uit|från|fra|z|из)[ \u00a0]"
)
_OWNED = re.compile(
    r"(?P<owner>[^\W\d_].{0,40})['’]s[ \u00a0](?:guests?|i-?phone|i-?pad|phone|laptop|mac ?book(?: \w{2,4})?"
    r"|computer|tablet"
    r"|galaxy(?: \w{1,4})?|mother|mum|mom|father|dad|wife|husband|partner|brother|sister|son|daughter|colleague"
    r"|assistant"
    r"|interpreter|friend|neighbou?r|carer|lawyer)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LabelForm:
    """A label, taken apart. `office` and `aside` are None where nothing is said.

    `aside` is what stands in brackets and may be another name or initials of the person.
    """

    name: str
    office: str | None = None
    aside: str | None = None
    role: Role | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the label is the name and nothing else."""
        return self.office is None and self.aside is None


# A file has few different labels.
@lru_cache(maxsize=4096)
def label_form(label: str) -> LabelForm:
    """Take a label apart."""
    name, office, aside, role = label.strip(), None, None, None
    if unclosed := _UNCLOSED.fullmatch(name):
        name = unclosed["name"].strip()
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1].lstrip("@+%&~")
    while match := _BRACKETED.fullmatch(name):
        inner = match["aside"].strip()
        if stated := _role_word(inner):
            role = role or stated
        elif not _MANNER.fullmatch(label_key(inner)):
            aside = aside or inner
        name = match["name"].strip()
    if match := _QUOTED_OFFICE.fullmatch(name):
        bare = _name_behind_office(match["rest"])
        if bare:
            name, office = bare, name[: -len(bare)].strip()
    else:
        name, office = _name_before_office(name)
        first, _, rest = name.partition(" ")
        if office is None and _role_word(first) and is_full_name(rest) and not rest[-1:].isdigit():
            name, office = rest, first
    if office:
        role = role or _role_word(office)
    if aside and is_speaker_word(name):
        # `Q (Ida Roe)` states both.
        role = role or stated_role(name)
    return LabelForm(name, office, aside, role)


def role_in(label: str) -> Role | None:
    """Return the role that a label states, alone (`Host`) or beside a name (`Ida Roe (host)`, `IDA ROE, HOST`)."""
    return stated_role(label) or label_form(label).role


def _role_word(words: str) -> Role | None:
    """Return the role that a few words state: `host`, `the moderator`. Initials (`MC`, `AL`) state none."""
    return None if len(words.strip(" .")) < 3 else stated_role(words)


def _name_behind_office(rest: str) -> str | None:
    words = rest.split()
    for first in range(len(words)):
        name = " ".join(words[first:])
        if (first or not _is_office_word(words[0])) and is_name_shaped(name) and not _is_office_word(words[first]):
            return name
    return None


def _is_office_word(word: str) -> bool:
    return bool(stated_role(word)) or label_key(word) in _OFFICE_WORDS


def _name_before_office(name: str) -> tuple[str, str | None]:
    """Cut off what is said about somebody: after a comma or a dash, or behind `from` after a title."""
    head, comma, rest = name.partition(",")
    while comma and _SUFFIX.fullmatch(rest.partition(",")[0].strip()):
        suffix, comma, rest = rest.partition(",")
        head = f"{head},{suffix}"
    if comma and _is_turned_round(head.strip(), rest.strip()):
        return f"{rest.strip()} {head.strip()}", None
    if comma and rest.strip() and _is_named(head):
        return head.strip(), rest.strip()
    dash = _DASHED.search(name)
    if dash and _is_named(name[: dash.start()]):
        return name[: dash.start()].strip(), name[dash.end() :].strip()
    origin = _FROM.search(name)
    if origin and is_titled(name[: origin.start()]):
        return name[: origin.start()].strip(), name[origin.start() :].strip()
    caller = _CALLER.search(name)
    if caller and _is_named(name[: caller.start()]) and is_name_shaped(name[caller.end() :]):
        return name[: caller.start()].strip(), name[caller.start() :].strip()
    return name, None


def _is_turned_round(head: str, rest: str) -> bool:
    """Whether these are a last and a first name, as programs of offices list people: `Roe, Jane`."""
    words = rest.split()
    if len(head.split()) != 1 or not 0 < len(words) <= 2 or "," in rest or not is_name_shaped(f"{rest} {head}"):
        return False
    return all(word[0].isupper() and not word.isupper() and not _is_office_word(word) for word in words)


def _is_named(words: str) -> bool:
    return bool(words.strip()) and is_name_shaped(words.strip()) and label_key(words) not in PROSE


def is_titled(label: str) -> bool:
    """Whether a label is a title and a name: `Mr. Lattin`, `Dr. Mara Quill`, `Senator Boxer`."""
    words = _without_article(label.split())
    return len(words) > 1 and label_key(words[0]) in HONORIFICS and is_name_shaped(" ".join(words[1:]))


def _without_article(words: list[str]) -> list[str]:
    """Leave out the article in front of a title: `El señor VENN`."""
    is_titled = len(words) > 2 and label_key(words[0]) in _ARTICLES and label_key(words[1]) in HONORIFICS
    return words[1:] if is_titled else words


def without_title(name: str) -> str:
    """Return a name without the titles in front of it."""
    words = _without_article(name.split())
    while len(words) > 1 and label_key(words[0]) in HONORIFICS:
        words = words[1:]
    return " ".join(words)


def title_of(name: str) -> str | None:
    """Return the folded title in front of a name, or None."""
    words = _without_article(name.split())
    first = label_key(words[0]) if len(words) > 1 else ""
    return first if first in HONORIFICS else None


def is_formula(label: str) -> bool:
    """Whether a label is a letter with an argument: `O(n)`, `P(A)`."""
    return bool(_FORMULA.fullmatch(label))


def is_office(label: str) -> bool:
    """Whether a label means somebody by an office: `THE WITNESS`, `JUROR NO. 3`, `The Minister for Ferries`."""
    form = label_form(label)
    words = label_key(form.name).split()
    if not words or len(words) > 6 or stated_role(label):
        return False
    # `M. le ministre`, `La señora ministra`
    words = words[1:] if len(words) > 2 and words[0] in HONORIFICS and words[1] in _ARTICLES else words
    words = words[2:] if len(words) > 2 and words[0] in _ARTICLES and words[1] in HONORIFICS else words
    bare = words[1:] if words[0] in _ARTICLES else words
    capital = form.name[:1].isupper()
    return bool(bare) and capital and bare[0] in _OFFICE_WORDS and (len(bare) < len(words) or len(words) <= 4)


def is_described(label: str) -> bool:
    """Whether a label is a name with something said about it, as in `Mara Quill, mill historian`."""
    if is_owned(label):
        return True
    form = label_form(label)
    if form.is_plain and form.role is None:
        return False
    if is_machine_label(form.name) or is_speaker_word(form.name):
        return form.aside is not None and is_full_name(form.aside)
    return is_name_shaped(form.name) or is_office(form.name) or (form.aside is not None and is_full_name(form.aside))


def is_owned(label: str) -> bool:
    """Whether a label means somebody by whose they are, or whose device they speak through: `Tor's iPad`."""
    owned = _OWNED.fullmatch(label)
    return owned is not None and is_name_shaped(owned["owner"])


def is_full_name(label: str) -> bool:
    """Whether a label looks like a first and a last name."""
    words = without_title(label).split()
    named = [word for word in words if label_key(word) not in PARTICLES]
    return len(named) > 1 and is_name_shaped(label) and not is_speaker_word(label)


def joint_names(label: str) -> list[str]:
    """Split a label of several people who speak together: `Ulf and Greta`, `DM & RL`; an empty list for one person."""
    parts = joint_parts(label)
    if len(parts) < 2 or "," in label or any(part.count("(") != part.count(")") for part in parts):
        return []
    return parts if all(is_name_shaped(part) and not names_nobody(part) for part in parts) else []
