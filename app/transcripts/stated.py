"""Reads dates, languages and addresses in the forms that formats prescribe or tools write.

Any other form gives None, and the format that called remarks on it.
"""

import re

from app.text.dates import PartialDate
from app.transcripts.urls import canonical

_DATE = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?![\d-])", re.ASCII)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)
# BCP 47 prescribes the two-letter code where there is one. Each line: that code, those of ISO 639-2, the English name.
_LANGUAGES = """
ar ara arabic|bg bul bulgarian|bn ben bengali|bs bos bosnian|ca cat catalan|cs ces cze czech|cy cym wel welsh
da dan danish|de deu ger german|el ell gre greek|en eng english|es spa spanish|et est estonian|eu eus baq basque
fa fas per persian|fi fin finnish|fr fra fre french|ga gle irish|gl glg galician|he heb hebrew|hi hin hindi
hr hrv croatian|hu hun hungarian|hy hye arm armenian|id ind indonesian|is isl ice icelandic|it ita italian
ja jpn japanese|ka kat geo georgian|ko kor korean|la lat latin|lt lit lithuanian|lv lav latvian|mk mkd mac macedonian
ms msa may malay|mt mlt maltese|nl nld dut dutch|no nor norwegian|pl pol polish|pt por portuguese|ro ron rum romanian
ru rus russian|sk slk slo slovak|sl slv slovene slovenian|sq sqi alb albanian|sr srp serbian|sv swe swedish
sw swa swahili|ta tam tamil|te tel telugu|th tha thai|tr tur turkish|uk ukr ukrainian|ur urd urdu|vi vie vietnamese
yi yid yiddish|zh zho chi chinese|zu zul zulu
"""
_SHORTEST = {
    word: words[0] for words in map(str.split, re.split(r"[|\n]", _LANGUAGES.strip())) for word in words if words
}


def stated_date(text: str | None) -> PartialDate | None:
    """Read the date at the beginning of a text such as 2020-04-08+02:00 or 2011-06; None for any other form."""
    match = _DATE.match(text.strip()) if text else None
    if match is None:
        return None
    try:
        return PartialDate.parse(match.group(1))
    except ValueError:
        return None


def stated_language(text: str | None) -> str | None:
    """Read a language tag, an ISO 639 code or an English name of a language as a BCP 47 tag; None for anything else."""
    if not text:
        return None
    text = text.strip()
    if named := _SHORTEST.get(text.lower()):
        return named
    if not _TAG.fullmatch(text):
        return None
    language, *rest = re.split("[-_]", text)
    return "-".join([_SHORTEST.get(language.lower(), language.lower()), *map(_subtag, rest)])


def _subtag(subtag: str) -> str:
    """Write a script as Cyrl, a region as SI and anything else in lower case, as BCP 47 recommends."""
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == 2 else subtag.lower()


def stated_address(text: str | None) -> str | None:
    """Read an http or https address and remove its tracking parameters; None for anything else."""
    if not text:
        return None
    text = text.strip()
    if re.search(r"\s", text):
        return None
    try:
        return canonical(text)
    except ValueError:
        return None
