"""Recognizes words that decide what a sentence means: negations, numbers, names and modal verbs.

The lists cover the languages that interviews are most often in. A difference in any word makes a quotation altered;
these words are pointed out in addition.
"""

import re
from collections.abc import Collection
from enum import StrEnum

from app.quotes.tokens import key_of


class Meaning(StrEnum):
    """Why a difference changes what a sentence means."""

    NEGATION = "negation"
    NUMBER = "number"
    NAME = "name"
    MODALITY = "modality"


_NEGATIONS = (
    # English
    "not no never none nobody nothing nowhere neither nor without cannot non hardly scarcely barely ain't nope "
    # French, Spanish, Portuguese, Italian
    "ne pas jamais aucun aucune rien personne sans ni nunca jamás nadie nada ningún ninguno ninguna sin tampoco não "
    "ninguém nenhum nenhuma sem nem jamais mai nessuno nessuna niente nulla senza né "
    # German, Dutch, Swedish, Danish
    "nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden niemandem nichts ohne weder nein "
    "niet geen nooit niemand niets zonder inte ingen inget inga aldrig utan ikke aldrig intet uden "
    # Russian, Ukrainian, Polish, Czech
    "не нет ни никогда никто никого ничто ничего никакой без нельзя ні немає ніколи ніхто nie nigdy nikt nic bez ne "
    "není nikdy nikdo "
    # Kazakh, Turkish, Indonesian
    "жоқ емес ешқашан ешкім ештеңе değil yok hiç asla tidak bukan jangan tanpa belum "
    # Arabic, Hebrew, Persian, Hindi
    "لا لم لن ليس ليست غير بدون לא אין בלי אף نه نیست نمی نہیں नहीं न मत बिना "
    # Chinese, Japanese
    "不 没 沒 无 無 非 未 别 別 勿 莫"
)
_MODALS = (
    "must may can could will would should might shall ought need needn't dare cannot supposed "
    "doit doivent peut peuvent pourrait pourraient faut devrait devraient "
    "puede pueden podría debe deben debería pode podem poderia deve devem deveria può possono potrebbe dovrebbe "
    "muss müssen müsste kann können könnte darf dürfen dürfte soll sollen sollte will wollen würde moet kan mag zou "
    "может могут можно должен должна должны надо нужно следует мог musi może powinien "
    "керек мүмкін يجب يمكن قد ممكن אולי चाहिए सकता 会 會 能 可 必 须 須 应 應 该 該"
)
_CONTRACTED_MODALS = ("'ll", "'d")
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion "
    "hundreds thousands millions billions trillions dozen dozens half halves third quarter quarters once twice thrice "
    "first second both double triple single percent "
    "un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante"
    " cinquante soixante cent cents mille million millions milliard milliards demi moitié "
    "uno dos tres cuatro cinco seis siete ocho nueve diez veinte treinta cuarenta cincuenta cien ciento mil millones "
    "ein eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert"
    " tausend millionen milliarde milliarden hälfte "
    "один одна два две три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят сто тысяча "
    "тысяч миллион миллионов миллиард половина "
    "бір екі үш төрт бес алты жеті сегіз тоғыз он жиырма жүз мың "
    "一 二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 兆 两 兩 半 零"
)
_SHORTENED = frozenset({"can't", "won't", "shan't"})
_SIGNS = frozenset("%‰‱°$€£¥+±×÷")
# English writes the first person with a capital wherever it stands.
_ALWAYS_CAPITALS = frozenset({"i", "i'm", "i've", "i'd", "i'll", "ok"})
_NEGATIVE_BEGINNINGS = ("un", "in", "im", "il", "ir", "dis", "non", "anti", "mis")
_NEGATIVE_ENDINGS = ("less",)
# Characters that end a sentence: a capital letter after one of them need not begin a name.
_ENDS_SENTENCE = frozenset(".!?…:;。！？؟|\n")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Sen|Gov|[A-Z])\.\Z")
_OPENS = frozenset("\"'“”‘’«»„‹›([{¿¡-–—*_>#")


_WORDS = {
    Meaning.NEGATION: frozenset(_NEGATIONS.split()),
    Meaning.NUMBER: frozenset(_NUMBERS.split()),
    Meaning.MODALITY: frozenset(_MODALS.split()),
}


def meanings_of(word: str) -> set[Meaning]:
    """Return the meanings of a word by itself. Names depend on where a word stands: see `is_name`."""
    key = key_of(word)
    found = set()
    if key in _WORDS[Meaning.NEGATION] or key.endswith("n't"):
        found.add(Meaning.NEGATION)
    if (
        key in _WORDS[Meaning.MODALITY]
        or key.endswith(_CONTRACTED_MODALS)
        or key.removesuffix("n't") in _WORDS[Meaning.MODALITY]
        or key in _SHORTENED
    ):
        found.add(Meaning.MODALITY)
    if key in _WORDS[Meaning.NUMBER] or any(map(str.isdecimal, key)) or key in _SIGNS:
        found.add(Meaning.NUMBER)
    return found


def are_opposites(one: str, other: str) -> bool:
    """Whether one word is the other with a negative beginning or ending: possible and impossible."""
    one, other = sorted((key_of(one), key_of(other)), key=len)
    if len(one) < 3 or one == other:
        return False
    return any(beginning + one == other for beginning in _NEGATIVE_BEGINNINGS) or any(
        one + ending == other or (one.endswith("ful") and one[:-3] + ending == other) for ending in _NEGATIVE_ENDINGS
    )


def is_name(text: str, start: int, end: int, name_keys: Collection[str] = ()) -> bool:
    """Whether a token is a name: a capitalized word within a sentence, or a word of a known name.

    `name_keys` holds the keys of the words of known names, such as those of the speakers.
    """
    word = text[start:end]
    key = key_of(word)
    if key in name_keys:
        return True
    first = word[0]
    if not (first.isupper() or first.istitle()) or key in _ALWAYS_CAPITALS:
        return False
    place = start - 1
    while place >= 0 and ((text[place].isspace() and text[place] != "\n") or text[place] in _OPENS):
        place -= 1
    if place < 0:
        return False
    return text[place] not in _ENDS_SENTENCE or _ABBREVIATED.search(text, max(0, place - 8), place + 1) is not None
