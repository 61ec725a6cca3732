"""Names and verbs of saying as regular expressions, to tell from an article's words who says a quotation."""

import re

_TITLES_TEXT = (
    "mr mrs ms miss dr prof professor sir dame lord lady president minister senator judge justice captain general "
    "chairman chairwoman director mayor governor bishop pastor reverend rev ambassador secretary congressman "
    "congresswoman inspector sergeant sgt colonel major lieutenant councillor chief coach chancellor prime doctor "
    "m mme mlle herr frau señor señora sr sra don doña signor signora г-н г-жа"
)
TITLES = frozenset(_TITLES_TEXT.split())
# Words before a name that are no part of it.
_OPENERS_TEXT = (
    "yesterday today then later but and so yet when as while in at on for from after before however meanwhile "
    "once monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december both even only still that this the if because although though "
    "here there now again finally first last next also to of with by like not no or another one others my his her "
    "their according listen speaking talking writing thanks due asked our its what why how who it he she they we you "
    "i en como come comme wie als so как по selon según segundo secondo "
    "laut nach volgens enligt il elle er sie lui él ella ele ela он она"
)
OPENERS = frozenset(_OPENERS_TEXT.split())
# Capital letters. In scripts without capitals, only the words around a name tell where it is.
_CAPITAL = "".join(chr(point) for point in (*range(0x41, 0x590), *range(0x1E00, 0x2000)) if chr(point).isupper())
_NAME_WORD = rf"(?:[{_CAPITAL}][\w’'\-]*|[{_CAPITAL}]\.)"
_PARTICLE_WORDS = "van von der den ter ten de del della di da do dos du la le bin ibn al el zu zur af av ben"
PARTICLES = frozenset({*_PARTICLE_WORDS.split(), "of"})
_PARTICLE = f"(?:{'|'.join(_PARTICLE_WORDS.split())})"
NAME = rf"(?:\b{_PARTICLE}\s+){{0,3}}{_NAME_WORD}(?:\s+(?:(?:{_PARTICLE}|of)\s+){{0,3}}{_NAME_WORD}){{0,4}}"
# In any case of its letters, but for the name after it.
TITLE = rf"(?:the\s+)?(?:(?:{'|'.join(sorted(TITLES))})\.?\s+){{0,2}}"
VERB = (
    r"(?:said|says|say|told|tells|asked|asks|added|adds|explained|explains|noted|notes|argued|argues|wrote|writes|"
    r"replied|replies|answered|answers|recalled|recalls|continued|continues|insisted|insists|warned|warns|claimed|"
    r"claims|stated|states|remarked|observed|concluded|admitted|admits|declared|declares|suggested|suggests|counters|"
    r"countered|promised|promises|joked|jokes|agreed|agrees|objected|objects|puts|put|tells|laughed|sighed|thinks|"
    r"thought|believes|believed|remembers|remembered|maintains|maintained|contended|contends|retorted|responds|"
    r"responded|cried|shouted|whispered|confessed|complained|announced|predicted|reflected|stressed|emphasized|"
    r"emphasised|mused|quipped|repeated|reported|testified|"
    r"a\s+dit|dit|disait|déclare|a\s+déclaré|explique|affirme|ajoute|selon|sagte|sagt|erklärte|erklärt|meinte|fragte|"
    r"dijo|dice|afirmó|explicó|añadió|disse|diz|afirmou|dice|ha\s+detto|zei|zegt|sade|säger|"
    r"сказал|сказала|говорит|отметил|отметила|заявил|заявила|добавил|добавила|деді|айтты|dedi|söyledi|"
    r"説|说|說|表示|指出|認為|认为|称|稱|述べた|語った|言った)"
)
# A verb of saying that is not listed: a form in the past, or in the present of the third person.
ANY_VERB = (
    r"(?!quote[sd]\b|cite[sd]\b|whereas\b|besides\b|perhaps\b|always\b|towards\b|afterwards\b)"
    r"[a-z]{2,20}(?:ed|[^s\W]s)\b"
)
PRONOUN = r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]l|[Ee]lle|[Ee]r|[Ss]ie|[Oo]n|[Oo]na|[Оо]н|[Оо]на|[Оо]л)\b"
ADVERB = r"(?:\s+\w+ly|\s+then|\s+also|\s+later|\s+has|\s+had|\s+once|\s+always)?"
APPOSITION = r"(?:,\s[^,“”\"«»\n]{1,120},|\s\([^()“”\"\n]{1,60}\)|\s[—–-]{1,2}\s[^—–“”\"«»\n]{1,120}\s[—–-]{1,2})?"
_GOVERNING = (
    r"of|for|to|with|about|beside|near|against|by|from|like|behind|on|above|who|whose|that|and|or|in|at|"
    r"de|del|della|di|da|do|du|des|von|vom|zu|van|av|af|pour|para|per|für|voor"
)
# Who somebody is, before the name: `the rope maker`, `its chairman,`, `a smiling`.
_DESCRIBED = rf"(?:(?!(?:{_GOVERNING})\b)[a-z][\w’'\-]*,?\s+){{0,5}}?"
_REST = r"[^.!?“”\"«»\n]{0,80}[\s,:：]*\Z"
_TITLED = rf"(?i:{TITLE})"

# A match without a name has a pronoun instead.
AFTER = re.compile(
    rf"[\s,—–\-]*(?:{VERB}{ADVERB}\s+(?:{PRONOUN}|{_DESCRIBED}{_TITLED}(?P<after>{NAME}))"
    rf"|(?:{PRONOUN}|{_DESCRIBED}{_TITLED}(?P<before>{NAME}){APPOSITION}){ADVERB}\s+{VERB}\b)"
)
# After a comma or a mark of question, any verb is one of saying.
AFTER_ANY_VERB = re.compile(
    rf"[\s,—–\-]*(?:{ANY_VERB}\s+(?:{PRONOUN}|{_TITLED}(?P<after>{NAME}))"
    rf"|(?:{PRONOUN}|{_TITLED}(?P<before>{NAME}){APPOSITION}){ADVERB}\s+{ANY_VERB})"
)
FROM = re.compile(
    r"[\s,—–\-]*(?:came|was|is|ran|went|comes|runs|read|reads)\s+(?:"
    rf"(?:(?!(?:{_GOVERNING})\b)\w+\s+){{0,4}}?(?:from|by|of)\s+{_TITLED}(?P<after>{NAME})"
    rf"|{_TITLED}(?P<before>{NAME})[’']s?\s+\w+)"
)
IN_BRACKETS = re.compile(rf"\s*\(\s*(?:[Ss]aid\s+|[Ii]nterview\s+with\s+)?{_TITLED}(?P<name>{NAME})\s*[),;]")
SIGNED = re.compile(rf"\s*(?:—|–|―|--|-)\s*(?:[*_]{{1,2}})?{_TITLED}(?P<name>{NAME})")
BEFORE = re.compile(rf"(?:{PRONOUN}|{_TITLED}(?P<name>{NAME}){APPOSITION}){ADVERB}\s+{VERB}\b{_REST}")
BEFORE_ANY_VERB = re.compile(
    rf"{_TITLED}(?P<name>{NAME}){APPOSITION}{ADVERB}\s+{ANY_VERB}[^.!?“”\"«»\n,:]{{0,60}}[:,]\s*\Z"
)
# The name after "told" or "asked" is not the speaker's.
VERB_THEN_NAME = re.compile(rf"\b(?!told|tells|asked|asks){VERB}\s+{_TITLED}(?P<name>{NAME}){_REST}")
ACCORDING = re.compile(
    r"(?:[Aa]ccording\s+to|[Ss]elon|[Ll]aut|[Ss]egún|[Ss]econdo|[Ss]egundo|[Vv]olgens|[Ee]nligt|"
    r"[Dd][’']après|[Pp]our|[Pp]ara|[Dd]e\s+acordo\s+com|[Ee]n\s+palabras\s+de|"
    r"[Nn]ach\s+(?:Angaben|Worten|Ansicht)\s+von|[Пп]о\s+(?:словам|мнению)|[Ii]n\s+the\s+words\s+of"
    rf"|[Oo]r,?\s+in\s+the\s+words\s+of|\A\s*(?:For|To)(?=[^,]{{1,60}},\s*\Z))\s+{_TITLED}(?P<name>{NAME})"
)
IN_WORDS_OF = re.compile(
    rf"\b(?:[Ii]n|[Tt]o\s+use|[Tt]o\s+quote|[Uu]sing|[Qq]uoting)\s+{_TITLED}(?P<name>{NAME})(?:[’']s|(?<=s)[’'])?"
    r"(?:\s+own)?\s+(?:words?|phrase|view|telling|account|opinion)\b"
)
# `Doe met Roe, who said`, `his neighbour, Roe, said`, `the Herald quotes Roe`.
WHO = re.compile(rf"{_TITLED}(?P<name>{NAME}),\s+(?:who|whose\s+\w+){ADVERB}\s+{VERB}\b{_REST}")
BETWEEN_COMMAS = re.compile(rf",\s+{_TITLED}(?P<name>{NAME}),{ADVERB}\s+{VERB}\b{_REST}")
QUOTES = re.compile(rf"\b(?:quot|cit)(?:es|ed|ing)\s+{_TITLED}(?P<name>{NAME}){_REST}")
# Before a name, these make it another's: `a friend of Doe said`.
GOVERNED = re.compile(rf"\b(?:{_GOVERNING})\s+\Z")
# `Doe to Roe:`, `Doe on the walk:`; and what Doe has written.
TO_SOMEBODY = re.compile(
    rf"(?:^|[\n.!?;]\s*){_TITLED}(?P<name>{NAME})\s+(?:to|about|on|(?:in|by\s+way\s+of)\s+\w+\s+to)\s+"
    r"[^.!?:：“”\"«»\n]{1,60}[:：]\s*\Z"
)
HAS_WRITTEN = re.compile(
    rf"{_TITLED}(?P<name>{NAME})[’'](?:s\b)?\s+(?:\w+\s+)?(?:letter|statement|book|memoirs?|diary|message|e-?mail|motto|note|"
    rf"answer|reply|view|verdict|motto|words|testimony|article|post|speech)\s+(?:was|is|are|reads?|runs?|{VERB})\b{_REST}"
)
# Somebody who is not named says it: `said the mayor`, `a reader asked`, `her lawyer told the court`.
OF_SOMEBODY = re.compile(rf"\b(?:{VERB}|read|reads|shout|shouting|saying|quotes|quoted|told|came)\b")
LABEL = re.compile(
    rf"(?:^|[\n.!?;])\s*(?:[*_]{{1,2}})?{_TITLED}(?P<name>{NAME})(?:[*_]{{1,2}})?\s*[:：](?:[*_]{{1,2}})?\s*\Z"
)
# Where the verb comes last, the quotation stands between: `Doe, “…” dedi`.
NAME_ALONE = re.compile(rf"(?:^|[\n.!?;])\s*{_TITLED}(?P<name>{NAME}),?\s*\Z")
VERB_AT_END = re.compile(r"\s*(?:dedi|diyor|der|söyledi|söylüyor|деді|дейді|айтты)\b")
UNSPACED = re.compile(
    r"(?P<name>[\u4e00-\u9fff\u3041-\u30ff·]{1,12}?)(?:说道?|說道?|表示|指出|认为|認為|问道?|問道?|答道?|称|稱|は)[:：，,、]?\s*\Z"
)
UNSPACED_PRONOUNS = frozenset({"他", "她", "他们", "她们", "他們", "彼", "彼女"})
SAID = re.compile(rf"\b(?:{VERB}|{ANY_VERB})")
SPOKEN = re.compile(rf"\b{VERB}\b")
ANY_NAME = re.compile(NAME)
SENTENCE_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bProf)(?<!\b[A-Z])[.!?…。！？][”\"’»)\]]*\s"
)
