"""Splits text into sentences, in any script, with the place of each."""

import re
from collections.abc import Iterator

# A run of signs that may end a sentence, with the quotes, brackets and emphasis that close behind it. Armenian writes
# its full stop like a colon of its own; a semicolon asks in Greek alone.
_END = re.compile(
    r"(?P<signs>[.!?…;。！？｡؟۔։।॥።፧፨‽⁇⁈⁉]{1,20})(?P<closing>[\"'”’»›」』）)\]*_]{0,8})"
    # White space with an empty line in it: a paragraph ends.
    r"|(?P<paragraph>[ \t\r]{0,20}\n\s{0,20}\n)"
)
_SPACE = re.compile(r"\s{1,200}")
_WORD_BEFORE = re.compile(r"(?:^|[\s(\[\"“‘«*_-])([^\W\d_]{1,12}(?:\.[^\W\d_]{1,3}){0,4})$")
# Ends a sentence without white space behind it, as Chinese and Japanese are written.
_WIDE = frozenset("。！？｡")
# Signs with which a question ends, in all scripts.
QUESTION_SIGNS = frozenset("?？؟፧‽⁇⁈⁉")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
# Abbreviations after which the sentence goes on, folded, without their last period.
_ABBREVIATION_WORDS = (
    "mr mrs ms dr prof st vs etc no nr e.g i.e cf vol fig gen sen rep gov col lt capt sgt rev hon jr sr inc ltd co bzw "
    "z.b d.h u.a ca usw hr fr mme mlle m sra srta dra dott sig art abs str ul т.е т.д г ул"
)
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence, without the white space around it, in code points."""
    start = 0
    for match in _END.finditer(text):
        if match["paragraph"] is None and not _ends(text, match):
            continue
        yield from _stripped(text, start, match.start() if match["paragraph"] else match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def asks_by_sign(sentence: str) -> bool:
    """Whether a sentence ends with a question mark of its script, whatever closes behind it."""
    end = sentence.rstrip(" \t\r\n\"'”’»›」』）)]*_!.…")
    return end[-1:] in QUESTION_SIGNS or (end[-1:] in {";", "\u037e"} and bool(_GREEK.search(end)))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if stripped := part.strip():
        first = start + part.index(stripped[0])
        yield first, first + len(stripped)


def _ends(text: str, match: re.Match[str]) -> bool:
    signs, end = match["signs"], match.end()
    if _WIDE.intersection(signs):
        return True
    if ";" in signs:
        return bool(_GREEK.search(text, max(0, match.start() - 20), match.start())) and text[end : end + 1].isspace()
    space = _SPACE.match(text, end)
    if space is None:
        # No white space: a number, an address, or the end. A question mark is neither.
        return end == len(text) or (bool(QUESTION_SIGNS.intersection(signs)) and text[end].isupper())
    following = text[space.end() : space.end() + 1]
    goes_on = following.islower()
    if QUESTION_SIGNS.intersection(signs) or "!" in signs:
        # `"Why?" he asked` goes on; `what did you do? and then?` is two sentences.
        return not (goes_on and match["closing"].strip("*_"))
    if goes_on:
        return False
    return signs != "." or not _is_abbreviation(text, match.start())


def _is_abbreviation(text: str, at: int) -> bool:
    word = _WORD_BEFORE.search(text, max(0, at - 20), at)
    if word is None:
        return False
    letters = word[1].lower()
    return letters in _ABBREVIATIONS or "." in letters or (len(letters) == 1 and word[1].isupper() and letters != "i")
