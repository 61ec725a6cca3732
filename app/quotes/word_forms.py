"""Recognizes forms of one word: British and American spelling, abbreviations, contractions, fillers, numbers in words.

They help to find what was said, and say how alike two words are. They never make two quotations the same: a verdict
rests on the words as they stand.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from app.quotes.tokens import key_of

_FILLERS_TEXT = (
    "um umm uh uhh uhm er erm ah eh hm hmm mm mmm mhm huh oh yeah äh ähm öh tja euh ehm э эм ну ăă えと あの"
)
FILLERS = frozenset(_FILLERS_TEXT.split())
# Of two words; they mean something elsewhere, which matters little where they only help to find.
FILLER_PAIRS = frozenset({("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of")})
# What a listener says while another speaks, a turn of nothing else.
_INTERJECTIONS_TEXT = (
    "mm mmm mhm hm hmm uh huh um yeah yes yep yup right ok okay sure wow oh ah really exactly absolutely indeed "
    "true good great nice i see of course interesting goodness ja jaja genau aha ach so klar stimmt oui ouais bon "
    "d'accord ah-bon sí claro vale ya sim pois certo sì già ecco да "
    "угу ага так понятно конечно hai はい うん ええ 嗯 对 是"
)
_INTERJECTIONS = frozenset(_INTERJECTIONS_TEXT.split())
_MOST_INTERJECTED = 3
_SOUNDS_TEXT = (
    "laugh laughs laughing laughter chuckle chuckles chuckling giggles applause applauds clapping sigh sighs sighing "
    "cough coughs coughing sniff sniffs sneezes sobs sobbing gasps pause pauses silence clears breathes smiles nods "
    "rings knocks lacht gelächter lachen applaus beifall seufzt hustet rires rire applaudissements risas aplausos "
    "risate applausi смех смеется смеётся аплодисменты пауза"
)
_SOUNDS = frozenset(_SOUNDS_TEXT.split())
# What may stand beside the word for a sound in a note of it.
_WITH_SOUNDS_TEXT = "long short brief loud softly quietly and both group audience throat phone door his her again in"
_WITH_SOUNDS = frozenset(_WITH_SOUNDS_TEXT.split())
_SOUND = re.compile(r"\\?\[([^\[\]]{1,40})\\?\]|\(([^()]{1,40})\)")
_SOUND_WORD = re.compile(r"[^\W\d_]+")

_OUR = re.compile(
    r"\b(un|dis|mis)?(col|lab|hon|fav|neighb|behavi|hum|rum|harb|vap|flav|savi|endeav|arm|od|parl|vig|splend|tum|val|rig"
    r"|clam|glam|ard|cand|demean|ferv|ranc|succ)our"
)
_RULES = (
    (_OUR, r"\1\2or"),
    (re.compile(r"(?<=\w{3})is(e|ed|es|er|ers|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"(?<=\w{3})ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"(?<=\w{2})([bt])re(s?)$"), r"\1er\2"),
    (re.compile(r"(?<=\w{4})ll(ed|er|ers|ing|ings)$"), r"l\1"),
    (re.compile(r"(?<=\w{2})ogue(s?)$"), r"og\1"),
    (re.compile(r"(?<=\w{2})ence(s?|less)$"), r"ense\1"),
    (re.compile(r"(an|p|gyn|orthop|encyclop|h|f|arch)ae"), r"\1e"),
    (re.compile(r"(?<=\w{3})(a?)mme(s?)$"), r"\1m\2"),
    (re.compile(r"^(toward|afterward|forward|backward|upward|downward|onward)s$"), r"\1"),
    (re.compile(r"(?<=dg)ement"), "ment"),
    (re.compile(r"^(fulfi|instal|enro|ski|wi|distil)l(l?)(?=ful|ment|$)"), r"\1l"),
)
_SPELLINGS_TEXT = (
    "grey gray|greys grays|greyer grayer|plough plow|ploughs plows|ploughed plowed|tyre tire|tyres tires|"
    "kerb curb|pyjamas pajamas|jewellery jewelry|practise practice|practised practiced|licence license|"
    "sceptic skeptic|sceptical skeptical|aluminium aluminum|mum mom|ageing aging|cosy cozy|moustache mustache|"
    "whilst while|amongst among|learnt learned|spelt spelled|burnt burned|dreamt dreamed|leapt leaped|mould mold|"
    "okay ok|manoeuvre maneuver|cheque check|cheques checks|draught draft|storey story|whisky whiskey|"
    "yoghurt yogurt|artefact artifact|dependant dependent|enquiry inquiry|enquiries inquiries|enquire inquire|"
    "alright allright|thru through|tho though|till until|catalogues catalogs|sulphur sulfur|axe ax|gaol jail|"
    "granddad grandad"
)
_SPELLINGS = dict(pair.split() for pair in _SPELLINGS_TEXT.split("|"))
_ABBREVIATIONS_TEXT = (
    "dr=doctor mr=mister mrs=missus prof=professor gov=governor sen=senator gen=general capt=captain lt=lieutenant "
    "sgt=sergeant st=saint mt=mount jan=january feb=february mar=march apr=april jun=june jul=july aug=august "
    "sep=september sept=september oct=october nov=november dec=december mon=monday tue=tuesday tues=tuesday "
    "wed=wednesday thu=thursday thurs=thursday fri=friday vs=versus &=and %=percent km=kilometers "
    "kilometres=kilometers kg=kilograms cm=centimeters mm=millimeters hr=hour hrs=hours min=minutes mins=minutes "
    "yr=year yrs=years approx=approximately dept=department govt=government uni=university tv=television "
    "phone=telephone photo=photograph cause=because 'cause=because 'em=them us-dollars=dollars univ=university "
    "est=established etc=etcetera ave=avenue rd=road"
)
_ABBREVIATIONS = dict(pair.split("=") for pair in _ABBREVIATIONS_TEXT.split())
_NEGATED = "do does did is are was were have has had would could should must need"
_PRONOUNS = "i you he she it we they that there who what"
_CONTRACTED = (
    ("is", "s"), ("has", "s"), ("are", "re"), ("will", "ll"), ("have", "ve"), ("am", "m"), ("would", "d"), ("had", "d"),
)  # fmt: skip
_PHRASES = {
    tuple(phrase.split()): key
    for phrase, key in (
        ("per cent", "percent"), ("united states", "usa"), ("united states of america", "usa"), ("u s", "usa"),
        ("u s a", "usa"), ("united kingdom", "uk"), ("u k", "uk"), ("european union", "eu"), ("e u", "eu"),
        ("united nations", "un"), ("u n", "un"), ("et cetera", "etcetera"), ("going to", "gonna"), ("want to", "wanna"),
        ("got to", "gotta"), ("can not", "can't"), ("will not", "won't"), ("shall not", "shan't"), ("let us", "let's"),
        ("e g", "forexample"), ("for example", "forexample"), ("i e", "thatis"), ("no one", "noone"),
        *((f"{verb} not", f"{verb}n't") for verb in _NEGATED.split()),
        *((f"{who} {verb}", f"{who}'{end}") for who in _PRONOUNS.split() for verb, end in _CONTRACTED),
    )
}  # fmt: skip
MOST_IN_PHRASE = 4
_PHRASE_BEGINNINGS = frozenset(phrase[0] for phrase in _PHRASES)

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
_ONES += "seventeen eighteen nineteen"
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
_ORDINALS += "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: value for value, word in enumerate(_ONES.split())}
_VALUES |= {word: 20 + 10 * place for place, word in enumerate(_TENS.split())}
# Other languages: single words. `sein`, `un` and others that are first of all something else are left out.
_VALUES |= {
    word: int(value)
    for value, words in (
        ("2", "deux zwei dos due dois два две"), ("3", "trois drei tres tre três три"),
        ("4", "quatre vier cuatro quattro quatro четыре"), ("5", "cinq fünf cinco cinque пять"),
        ("6", "sechs seis sei шесть"), ("7", "sept sieben siete sette sete семь"),
        ("8", "huit acht ocho otto oito восемь"),
        ("9", "neuf neun nueve nove девять"), ("10", "dix zehn diez dieci dez десять"), ("11", "onze elf once undici"),
        ("12", "douze zwölf doce dodici doze"), ("20", "vingt zwanzig veinte venti vinte двадцать"),
        ("30", "trente dreißig treinta trenta trinta тридцать"), ("40", "quarante vierzig cuarenta quaranta сорок"),
        ("50", "cinquante fünfzig cincuenta cinquanta пятьдесят"),
    )
    for word in words.split()
}  # fmt: skip
_ORDINAL_VALUES = {word: value for value, word in enumerate(_ORDINALS.split())}
_ORDINAL_VALUES |= {word[:-1] + "ieth": 20 + 10 * place for place, word in enumerate(_TENS.split())}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_ORDINAL_DIGITS = re.compile(r"(\d{1,4})(?:st|nd|rd|th)")
_DIGITS = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
_NUMBER_BEGINNINGS = frozenset({*_VALUES, *_ORDINAL_VALUES, "a", "an"})
NUMBER_MARK = "#"


@lru_cache(maxsize=100_000)
def plain_form(word: str) -> str:
    """Return the one form of a word that its spellings and abbreviations share, without accents."""
    key = without_accents(key_of(word))
    key = _ABBREVIATIONS.get(key, key)
    return spelled_alike(key)


def without_accents(key: str) -> str:
    """Return a word without its accents."""
    if key.isascii():
        return key
    decomposed = unicodedata.normalize("NFD", key)
    return unicodedata.normalize("NFC", "".join(one for one in decomposed if unicodedata.category(one) != "Mn"))


def spelled_alike(key: str) -> str:
    """Return the American spelling of a word."""
    key = _SPELLINGS.get(key, key)
    if len(key) < 5:
        return key
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    return key


def is_abbreviation(one: str, other: str) -> bool:
    """Whether a word is an abbreviation of the other."""
    return _ABBREVIATIONS.get(one) == other or _ABBREVIATIONS.get(other) == one


def phrase_at(keys: Sequence[str], place: int) -> tuple[int, str] | None:
    """Return how many words at a place are written shorter elsewhere, and the form that both share."""
    if keys[place] not in _PHRASE_BEGINNINGS:
        return None
    for length in range(min(MOST_IN_PHRASE, len(keys) - place), 1, -1):
        key = _PHRASES.get(tuple(keys[place : place + length]))
        if key is not None:
            return length, key
    return None


class _NumberReader:
    """Reads the words of one number, as long as they go on with it."""

    def __init__(self) -> None:
        self.total, self.current = 0.0, 0.0
        self.before = ""
        self.is_ordinal = False

    def takes(self, word: str) -> bool:
        """Take a word if the number goes on with it."""
        if self.is_ordinal:
            return False
        if word in _SCALES:
            taken = self._take_scale(_SCALES[word])
        elif (value := _value(word)) is not None:
            taken = self._take_value(value)
        elif word in _ORDINAL_VALUES:
            taken = self._take_ordinal(_ORDINAL_VALUES[word])
        else:
            taken = word in {"a", "an"} and not self.before
        if taken:
            self.before = word
        return taken

    def _take_scale(self, scale: int) -> bool:
        if not self.before:
            return False
        if scale < 1_000:
            self.current = max(self.current, 1) * scale
        else:
            self.total, self.current = self.total + max(self.current, 1) * scale, 0
        return True

    def _take_value(self, value: float) -> bool:
        tens = _VALUES.get(self.before)
        if not self.before or self.before in _SCALES or (tens is not None and tens >= 20 and 0 < value < 10):
            self.current += value
        elif tens is not None and not self.total and 10 <= self.current < 100 and 10 <= value < 100:
            # A year: nineteen ninety-one.
            self.current = self.current * 100 + value
        else:
            return False
        return True

    def _take_ordinal(self, value: int) -> bool:
        if self.before and self.before not in _SCALES and _VALUES.get(self.before, 0) < 20:
            return False
        self.current += value
        self.is_ordinal = True
        return True

    @property
    def key(self) -> str:
        """What every way to write the number has in common."""
        value = self.total + self.current
        shown = f"{value:.0f}" if value.is_integer() else repr(value)
        return f"{NUMBER_MARK}{shown}{'.' if self.is_ordinal else ''}"


def number_at(keys: Sequence[str], place: int) -> tuple[int, str] | None:
    """Return how many words at a place are one number, and its value: twenty-seven and 27 are the same."""
    if keys[place] not in _NUMBER_BEGINNINGS and not keys[place][0].isdigit():
        return None
    ordinal = _ORDINAL_DIGITS.fullmatch(keys[place])
    if ordinal is not None:
        return 1, f"{NUMBER_MARK}{int(ordinal[1])}."
    following = keys[place + 1] if place + 1 < len(keys) else ""
    if keys[place] in {"a", "an"} and following not in _SCALES:
        return None
    number = _NumberReader()
    at = place
    while at < len(keys):
        goes_on = number.before in _SCALES and at + 1 < len(keys) and keys[at + 1] in _VALUES
        if not number.takes(keys[at]) and not (keys[at] == "and" and goes_on):
            break
        at += 1
    return (at - place, number.key) if number.before else None


def _value(word: str) -> float | None:
    if word in _VALUES:
        return _VALUES[word]
    return float(word) if _DIGITS.fullmatch(word) else None


def is_interjection(words: Sequence[str]) -> bool:
    """Whether the words of a turn are only what a listener says while another speaks."""
    keys = [key_of(word) for word in words]
    return 0 < len(keys) <= _MOST_INTERJECTED and all(key in _INTERJECTIONS or key in FILLERS for key in keys)


def sound_ranges(text: str) -> list[tuple[int, int]]:
    """Return where a text notes sounds, such as `[laughs]`; not where it notes that words cannot be made out."""
    return [found.span() for found in _SOUND.finditer(text) if _is_sound(_SOUND_WORD.findall(found.group().casefold()))]


def _is_sound(words: Sequence[str]) -> bool:
    return not _SOUNDS.isdisjoint(words) and (_SOUNDS | _WITH_SOUNDS).issuperset(words)
