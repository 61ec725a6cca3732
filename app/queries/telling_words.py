"""Which words of a text tell what it is about. Pure.

Sounds that a transcript notes (`[laughs]`), times, addresses, fillers, contractions and words with which people speak
of anything are none.
"""

import re
from collections.abc import Iterable

from app.quotes.word_forms import sound_ranges
from app.text.terms import STOPWORDS, UNSPACED, is_stemmed, stem, words_of

# What nobody says: where links lead, and addresses that stand in the text; what stands in square brackets and is short,
# which is a note of the transcriber unless a link follows; times.
_UNSPOKEN = re.compile(
    r"(?<=\])\([^()\s]{1,500}\)|(?<=\])\[[^\[\]]{0,80}\]|\bhttps?://\S{1,500}|\bwww\.\S{1,200}"
    r"|\\?\[[^\[\]]{1,60}\\?\](?![(\[:])|\b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?\b"
)
# `didn't` as a whole, and the short half of `they'll` and `l'heure`.
_CONTRACTION = re.compile(
    r"\b[a-z]{1,6}n['’]t\b|(?<=\w)['’](?:s|re|ve|ll|d|m|em|all|cause)\b|\b(?:[cdjlmnsty]|qu)['’](?=\w)", re.IGNORECASE
)
_UNSPACED = re.compile(rf"[{UNSPACED}]")

# Words of English talk that are of no matter: fillers, answers to a speaker, verbs and adverbs of anything.
_OF_ANYTHING_TEXT = (
    "um umm uh uhh uhm er erm eh hm hmm mm mmm mhm huh ha haha hey hi hello bye wow whoa gosh yep yup nope nah aha "
    "yay ooh gotcha gonna wanna gotta kinda sorta dunno lemme dont cant cause cuz ya didn doesn wasn weren isn "
    "aren ain couldn wouldn shouldn hasn hadn haven don won mustn needn y able absolutely again took mr mrs ms sir "
    "madam lead led promise promised welcome written across actual actually ago agree ah almost alone along "
    "already alright although always amazing another anybody anymore anyone anything anyway anyways around ask "
    "asked asking away awesome back bad basically become becomes began begin behind believe best better big bit "
    "bring bunch call called came cannot care case cases certain certainly chance change check clear clearly come "
    "comes coming completely cool correct couple course crazy curious day days deal definitely depends different "
    "difficult doesn done down easy either else end enough entire especially etc even eventually everybody "
    "everyone everything exact exactly example excellent excited exciting explain fact fair fairly far fast feel "
    "feeling feels felt few figure final finally find fine first five follow forgot forward found four front full "
    "fun funny further gave general generally getting give given gives glad goes good got great guess guy guys "
    "half happen happened happening happens happy hard hear heard heck hell help hold honest honestly hope hour "
    "hours however huge hundred idea ideas imagine immediately important incredible indeed inside instead "
    "interested interesting keep kept kinds knew known knows last late later least leave left less let lets level "
    "listen literally little live long longer looked looking looks lose lost lots love main major makes man matter "
    "meaning means meant mention mentioned middle mind minute minutes moment moments month months morning move "
    "moved moving name necessarily need needed needs never new next nice nine nobody normal normally nothing "
    "notice number obvious obviously occasionally often oh old once open opposite order original originally others "
    "otherwise outside overall part particular particularly past people perfect person piece place places point "
    "points possible possibly pretty previous probably problem problems process pull put putting question "
    "questions quick quickly quote rather reach reaction read ready real realize reason recent recently remember "
    "rest result right run running sake saw saying says second seconds seem seems seen sense set seven several "
    "share show showed side similar simple simply since situation six slightly slow small somebody someday somehow "
    "someone sometime sometimes somewhat somewhere soon sorry sounds spend spent spot start started starting "
    "starts stay step stick still stop stopped straight stuff sudden suddenly suppose supposed sure switch taken "
    "takes taking talked talking tell telling tells ten tend term terms terrible thank thanks third thought "
    "thoughts thousand three throw time times tiny today together told tomorrow tons top total totally toward "
    "towards tried tries true truth try trying turn turned turns twice two type types typically under understand "
    "understanding unfortunately unless until use used useful uses using usual usually various version wait wanted "
    "wanting wants watch way ways week weeks weird well went whatever whenever wherever whoever whole wild wish "
    "within won wonder wonderful wondering word words work worked working works world worry worse worst worth "
    "wrong year years yesterday yet zero"
)
# Of other languages, which have no list of such words.
_OF_OTHER_LANGUAGES_TEXT = (
    "aber als also am an auch auf aus bei bin bis bist da das dass dem den denn der des die dies diese doch dort "
    "du durch ein eine einem einen einer eines er es etwas für gibt hab habe haben hat hatte ich ihm ihn ihnen ihr "
    "ihre im in ist ja jetzt kann kein keine können man mehr mein meine mich mir mit mal nach nein nicht nichts "
    "noch nun nur ob oder ohne schon sehr sein seine sich sie sind so über um und uns unter viel vom von vor war "
    "waren warum was weil wenn wer werden wie wieder wir wird wo wurde zu zum zur alors après au aussi autre aux "
    "avait avec avez avoir avons bien bon car ce cela celle ces cet cette chose comme comment dans de des donc du "
    "elle elles en encore est et étais était été être eu eux fait faire il ils je la là le les leur lui ma mais me "
    "même mes mon moins ne non nos notre nous on ont ou où oui par parce pas peu peut plus pour pourquoi qu quand "
    "que quel quelle qui sa sans se ses si son sont sur ta te tes toi ton tous tout toute très tu un une vers "
    "voilà vos votre vous al algo antes así bien cada como con cosa cuando de del desde donde el ella ellos en "
    "entonces era es esa ese eso esta está este esto estoy fue ha hace hacer han hasta hay la las le les lo los "
    "más me mi mis muy nada ni nos nosotros otra otro para pero poco por porque pues que quien se ser si sí sin "
    "sobre son su sus también te tiene todo todos tu un una unas uno unos usted y ya yo che chi ci come con cosa "
    "da dal dei del della di dove è ed erano gli ha hanno ho il io la le lei lo loro lui ma mi mio nel nella non "
    "perché più poi quando quanto quella quello questa questo qui se si sono su sua suo tutto un una ao aos com da "
    "das dela dele do dos e ela ele essa esse eu foi isso isto já mais mas meu minha muito na nas nem no nos não o "
    "os ou pela pelo por quem seu sua são tem também um uma vai você"
)
_OF_ANYTHING = STOPWORDS | frozenset(words_of(f"{_OF_ANYTHING_TEXT} {_OF_OTHER_LANGUAGES_TEXT}"))
_OF_ANYTHING_STEMS = frozenset(map(stem, _OF_ANYTHING))

# Characters of Chinese with which people speak of anything, in both scripts: pronouns, particles, modals, numbers and
# measures. A pair of characters that has one of them, or one of Hiragana, tells nothing, unless it is a word that does.
_OF_GRAMMAR = re.compile(
    "[我你您他她它們们這这那哪誰谁什甚麼么怎樣样為为的地得了著着過过吧嗎吗呢啊啦嘛喔哦嗯呃欸是不沒没有在和與与跟同及或但而所以因"
    "如果就也都還还又再才很太更最會会能可要想應应該该必須须把被讓让給给對对向從从到於于之其此些個个位種种次件一二三四五六七八九十"
    "兩两幾几多少上下來来去說说講讲看覺觉知道候時时現现後后前裡里中做用等好請请謝谢\u3041-\u3096]"
)
_TELLING_PAIRS = frozenset(
    words_of(
        "中国 中國 中央 中文 社会 社會 会社 会議 會議 会议 未来 未來 智能 能源 能力 核能 时代 時代 "
        "土地 地方 地圖 地图 地區 地区 平等 思想 理想 小說 小说 對話 对话 應用 应用 信用 上海 道路 道德 現代 现代"
    )
)

# Words that tell what a text is about, at least, if it says something; see `evidence`.
_FEWEST_TELLING = 3.0
# Words that lead back to what was said before: a question with one of them and no word that tells is not the same
# question elsewhere.
_LEADING_BACK = frozenset(
    ("it", "that", "this", "these", "those", "they", "them", "he", "she", "him", "her", "there", "then", "so")
)


def telling_terms(text: str, language: str | None) -> list[tuple[str, str]]:
    """Return the words of a text that tell what it is about, in order: each as its index term, and as the word."""
    stemmed = is_stemmed(language)
    words = words_of(_CONTRACTION.sub(" ", spoken_text(text)))
    terms = ((stem(word) if stemmed else word, word) for word in words if word not in _OF_ANYTHING and _tells(word))
    return [(term, word) for term, word in terms if not (stemmed and term in _OF_ANYTHING_STEMS)]


def spoken_text(text: str) -> str:
    """Return a text without noted sounds, times and addresses, each replaced by a space."""
    for start, end in reversed(sound_ranges(text) if "(" in text else []):
        text = f"{text[:start]} {text[end:]}"
    return _UNSPOKEN.sub(" ", text)


def is_self_contained(words: Iterable[str]) -> bool:
    """Whether the words of a question lead back to nothing that was said before it."""
    return _LEADING_BACK.isdisjoint(words)


def says_something(text: str, language: str | None) -> bool:
    """Whether a text says something of its own: enough different words that tell what it is about."""
    return sum(evidence(term) for term in {term for term, _word in telling_terms(text, language)}) >= _FEWEST_TELLING


def evidence(term: str) -> float:
    """Return how much one shared term counts: 1; half in scripts that are indexed by pairs of characters, because
    one word is several pairs.
    """
    return 1 / 2 if _UNSPACED.match(term) else 1.0


def _tells(word: str) -> bool:
    """Whether a word has more than one letter of the Latin script, or more than two digits; in scripts without spaces,
    two characters that are not of grammar alone.
    """
    if _UNSPACED.match(word):
        return len(word) > 1 and (word in _TELLING_PAIRS or not _OF_GRAMMAR.search(word))
    return len(word) > 2 or not word.isascii() or (len(word) == 2 and not word.isdigit())
