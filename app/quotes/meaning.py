"""Recognizes words that decide what a sentence means: negations, limits, numbers, units, names, modals, opposites.

The lists cover the languages that interviews are most often in. A difference in any word makes a quotation altered;
these words are pointed out in addition.
"""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum

from app.quotes.tokens import Token, key_of


class Meaning(StrEnum):
    """Why a difference changes what a sentence means."""

    NEGATION = "negation"
    LIMIT = "limit"
    NUMBER = "number"
    QUANTIFIER = "quantifier"
    UNIT = "unit"
    NAME = "name"
    MODALITY = "modality"
    OPPOSITE = "opposite"


_NEGATIONS = (
    # English
    "not no never none nobody nothing nowhere neither nor without cannot non hardly scarcely barely ain't nope "
    # French, Spanish, Portuguese, Italian
    "ne pas jamais aucun aucune rien personne sans ni nunca jamás nadie nada ningún ninguno ninguna sin tampoco não "
    "ninguém nenhum nenhuma sem nem jamais mai nessuno nessuna niente nulla senza né neanche nemmeno neppure mica "
    # German, Dutch, Swedish, Danish
    "nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden niemandem nichts ohne weder nein "
    "keineswegs keinesfalls nirgends nirgendwo mitnichten niet geen nooit niemand niets zonder nergens nimmer "
    "inte ej icke ingen inget inga aldrig utan ingenting ikke aldrig intet uden ingenting ingen "
    # Russian, Ukrainian, Polish, Czech
    "не нет ни никогда никто никого ничто ничего никакой без нельзя вряд ні немає ніколи ніхто навряд nie nigdy nikt "
    "nic bez ne není nikdy nikdo "
    # Kazakh, Turkish, Indonesian
    "жоқ емес ешқашан ешкім ештеңе değil yok hiç asla tidak tak bukan jangan tanpa belum "
    # Arabic, Hebrew, Persian, Hindi
    "لا لم لن ليس ليست غير بدون לא אין בלי אף نه نیست نمی هرگز هیچ نہیں नहीं न मत बिना "
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
# Words that say when, or of whom, a sentence holds; without those that are other words in other languages (si, se).
_LIMITS = (
    "only unless except if rarely seldom merely almost nearly provided solely supposedly allegedly reportedly "
    "purportedly "
    "seulement sauf excepté rarement presque uniquement solo sólo solamente salvo excepto casi apenas raramente "
    "soltanto appena tranne eccetto quasi só somente apenas exceto quase nur außer wenn falls kaum fast selten beinahe "
    "angeblich vorgeblich alleen slechts tenzij behalve nauwelijks amper bijna zelden endast bara utom knappt nästan "
    "sällan kun undtagen næsten næppe sjældent "
    "только кроме если лишь едва почти редко якобы лише тільки крім якщо майже ледве нібито tylko oprócz jeśli prawie "
    "ledwo ledwie rzekomo rzadko jen pouze kromě pokud téměř sotva málem zřídka sadece yalnız yalnızca eğer neredeyse "
    "nadiren hanya kecuali jika hampir jarang тек ғана әрең сирек فقط إلا إذا نادرا تقریبا רק אם אלא כמעט केवल सिर्फ "
    "अगर 只 仅 僅 除 "
)
_QUANTIFIERS = (
    "all every each some any many much few fewer less more most least several both enough always often sometimes "
    "usually everybody everyone everything somebody someone something "
    "tous toutes chaque plusieurs beaucoup peu moins plus souvent toujours quelques "
    "todos todas cada muchos muchas pocos pocas algunos algunas siempre más menos muito muitos muitas poucos poucas "
    "alguns algumas sempre mais tutti tutte ogni molti molte pochi poche alcuni alcune più meno "
    "alle jeder jede jedes jeden viele wenige manche einige immer oft mehr weniger meisten "
    "alles iedereen elke veel weinig sommige altijd vaak meer minder alla många få några alltid ofta mer mindre "
    "все всё каждый много мало некоторые всегда часто больше меньше wszyscy każdy wiele mało zawsze więcej mniej "
    "каждая كل بعض كثير قليل دائما כל רב מעט תמיד 全 每 些 多 少 总 總 常"
)
_UNITS = (
    "percent km kilometre kilometres kilometer kilometers mile miles metre metres meter meters cm mm foot feet "
    "inch inches yard yards kg kilo kilos gram grams ton tons tonne tonnes pound pounds ounce ounces dollar dollars "
    "euro euros cents shilling shillings penny pence ruble rubles yen second seconds minute minutes hour hours day "
    "days "
    "week weeks month months year years decade decades century centuries litre litres liter liters gallon gallons "
    "degree degrees hectare hectares acre acres stunde stunden tag tage woche wochen monat monate jahr jahre heure "
    "heures jour jours semaine semaines mois année années ans hora horas día días semana semanas mes meses año años "
    "giorno giorni settimana mese mesi anno anni час часа часов день дней неделя недель месяц месяцев год года лет"
)
_OPPOSITES = (
    "good bad|best worst|better worse|more less|most least|many few|more fewer|before after|always never|all none|"
    "all some|everybody nobody|everyone nobody|everyone none|everything nothing|big small|large small|first last|"
    "easy hard|easy difficult|right wrong|new old|young old|up down|open closed|open shut|high low|higher lower|"
    "long short|longer shorter|true false|with without|start stop|begin end|began ended|won lost|win lose|love hate|"
    "loved hated|rich poor|strong weak|hot cold|warm cold|early late|earlier later|left right|inside outside|"
    "increase decrease|increased decreased|rise fall|rose fell|gain lose|gained lost|accept reject|accepted rejected|"
    "accept refuse|accepted refused|for against|support oppose|supported opposed|allow forbid|allowed forbidden|"
    "safe dangerous|cheap expensive|fast slow|success failure|succeeded failed|alive dead|guilty innocent|war peace|"
    "friend enemy|friends enemies|buy sell|bought sold|yes no|above below|over under|near far|full empty|"
    "public private|happy sad|proud ashamed|light dark|black white|north south|east west|day night|came went|"
    "mother father|mothers fathers|mum dad|brother sister|brothers sisters|son daughter|sons daughters|husband wife|"
    "man woman|men women|boy girl|boys girls|uncle aunt|he she|him her|his her|his hers|himself herself|stay leave|"
    "stayed left|give take|gave took|live die|lived died|born died|begin finish|found lost|find lose|borrow lend|"
    "teacher pupil|teacher student|buyer seller|winner loser|majority minority|maximum minimum|"
    "innocence guilt|peaceful violent|honest dishonest|brave cowardly|clean dirty|wet dry|thick thin|wide narrow|"
    "heavy light|loud quiet|sweet bitter|kind cruel|clever stupid|wise foolish|hope fear|hoped feared|trust doubt|"
    "trusted doubted|agree disagree|agreed disagreed|like hate|liked hated|approve reject|approved rejected|"
    "enter leave|entered left|arrive depart|arrived departed|push pull|pushed pulled|morning evening|summer winter|"
    "beginning end|top bottom|front back|yes no|everywhere nowhere|somebody nobody|someone nobody|something nothing|"
    "Mutter Vater|Bruder Schwester|Sohn Tochter|Mann Frau|Krieg Frieden|früher später|mère père|frère sœur|fils fille|"
    "homme femme|guerre paix|madre padre|hermano hermana|hijo hija|hombre mujer|guerra paz|fratello sorella|"
    "figlio figlia|uomo donna|guerra pace|мать отец|брат сестра|сын дочь|мужчина женщина|война мир|"
    "remember forget|remembered forgot|build destroy|built destroyed|friendlier hostile|often rarely|often seldom|"
    "gut schlecht|immer nie|mehr weniger|vor nach|alle keine|groß klein|ja nein|für gegen|mit ohne|richtig falsch|"
    "bon mauvais|plus moins|toujours jamais|avec sans|pour contre|avant après|oui non|grand petit|"
    "bueno malo|más menos|siempre nunca|con sin|antes después|grande pequeño|bom mau|mais menos|sempre nunca|com sem|"
    "buono cattivo|più meno|sempre mai|con senza|prima dopo|goed slecht|meer minder|altijd nooit|"
    "хорошо плохо|хороший плохой|больше меньше|всегда никогда|до после|да нет|за против"
)
_OPPOSITE_PAIRS = frozenset(frozenset(map(key_of, pair.split())) for pair in _OPPOSITES.split("|"))
# Of several tokens, as words are in scripts without spaces: they are looked for in the text.
_TURNING_PHRASES = re.compile(
    r"\bà peine\b|ない|なかっ|ません|なし|ほとんど|だけ|しか|ほぼ|めった|絶対に|"
    "不|没|沒|无|無|非|未|别|別|勿|几乎|幾乎|只有|只|仅|僅|除非|如果|ไม่|เพียง|แทบ|เกือบ"
)
# Verbs that deny what follows them: "they refused to pay".
_DENYING_WORDS = (
    "refuse refuses refused fail fails failed decline declines declined neglect neglected forget forgets forgot "
    "hesitate hesitated pretend pretends pretended"
)
_DENYING = frozenset(_DENYING_WORDS.split())
_SHORTENED = frozenset({"can't", "won't", "shan't"})
_SIGNS = frozenset("%‰‱°$€£¥+±×÷")
# English writes the first person with a capital wherever it stands.
_ALWAYS_CAPITALS = frozenset({"i", "i'm", "i've", "i'd", "i'll", "ok"})
# Pairs of words compared, at most: a longer replacement is another sentence.
_MOST_PAIRS = 200
_NEGATIVE_BEGINNINGS = ("un", "in", "im", "il", "ir", "dis", "non", "anti", "mis")
_NEGATIVE_ENDINGS = ("less",)
# Characters that end a sentence: a capital letter after one of them need not begin a name.
_ENDS_SENTENCE = frozenset(".!?…:;。！？؟|\n")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Sen|Gov|[A-Z])\.\Z")
_OPENS = frozenset("\"'“”‘’«»„‹›([{¿¡-–—*_>#")


_WORDS = {
    Meaning.NEGATION: frozenset(map(key_of, _NEGATIONS.split())),
    Meaning.NUMBER: frozenset(map(key_of, _NUMBERS.split())),
    Meaning.MODALITY: frozenset(map(key_of, _MODALS.split())),
    Meaning.LIMIT: frozenset(map(key_of, _LIMITS.split())),
    Meaning.QUANTIFIER: frozenset(map(key_of, _QUANTIFIERS.split())),
    Meaning.UNIT: frozenset(map(key_of, _UNITS.split())),
}
# Words that turn a sentence round, or say when it holds: no mark may hide one inside a sentence.
TURNING = frozenset({Meaning.NEGATION, Meaning.LIMIT})


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
    found.update(meaning for meaning in (Meaning.LIMIT, Meaning.QUANTIFIER, Meaning.UNIT) if key in _WORDS[meaning])
    return found


def turns_round(text: str, words: Sequence[Token]) -> bool:
    """Whether words of a text turn a sentence round, or say when it holds: a negation, a limit, `refused to`."""
    if any(meanings_of(word.text) & TURNING for word in words):
        return True
    if words and _TURNING_PHRASES.search(text, words[0].start, words[-1].end):
        return True
    keys = [key_of(word.text) for word in words[-2:]]
    return len(keys) == 2 and keys[1] == "to" and keys[0] in _DENYING


def are_opposites(one: str, other: str) -> bool:
    """Whether two words mean the opposite: best and worst, or possible and impossible."""
    one, other = sorted((key_of(one), key_of(other)), key=len)
    if frozenset({one, other}) in _OPPOSITE_PAIRS:
        return True
    if len(one) < 3 or one == other:
        return False
    return any(beginning + one == other for beginning in _NEGATIVE_BEGINNINGS) or any(
        one + ending == other or (one.endswith("ful") and one[:-3] + ending == other) for ending in _NEGATIVE_ENDINGS
    )


def opposites_in(quoted: Sequence[Token], stands: Sequence[Token]) -> list[str]:
    """Return the words of a short replacement whose opposite it replaces."""
    if len(quoted) * len(stands) > _MOST_PAIRS:
        return []
    return [one.text for one in quoted for other in stands if are_opposites(one.text, other.text)]


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
