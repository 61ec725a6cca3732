"""Text files that are no transcripts, or none that Quoth reads: told by their content, and refused by name with what to
do. So no markup or code is ever kept as words.

To add a kind, add a line to KINDS, or to XML_KINDS for one that its root element tells.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import TranscriptError
from app.transcripts import xml
from app.transcripts.labelled import is_other_format
from app.transcripts.source import Source

# Characters at the beginning that tell what a file is.
_HEAD = 4000
_DELIMITERS = frozenset(",;\t|")


@dataclass(frozen=True)
class UnreadTextKind:
    """A kind of text file: what it is called, whether a text begins like one, and what to do with such a file."""

    name: str
    matches: Callable[[str], bool]
    advice: str


def _has(pattern: str) -> Callable[[str], bool]:
    found = re.compile(pattern, re.IGNORECASE)
    return lambda head: bool(found.search(head))


_CONVERT = "convert it to SubRip (.srt) or WebVTT (.vtt), for example with Subtitle Edit, and load that"
_SAVE = "save what is said in it as .docx, .txt or .md"
_EXPORT = "export the transcript as WebVTT (.vtt), SubRip (.srt), .docx or text, and load that"

KINDS = (
    UnreadTextKind("Scenarist closed captions (SCC), whose text is coded", _has(r"\AScenarist_SCC"), _CONVERT),
    UnreadTextKind("MicroDVD subtitles, which count frames", _has(r"\A\s{0,9}\{\d{1,9}\}\{\d{0,9}\}"), _CONVERT),
    UnreadTextKind("MPL2 subtitles", _has(r"\A\s{0,9}\[\d{1,9}\]\[\d{1,9}\][^\n]{1,500}\n\[\d{1,9}\]\[\d"), _CONVERT),
    UnreadTextKind("SAMI captions", _has(r"\A\s{0,9}<sami\b"), _CONVERT),
    UnreadTextKind("a LaTeX document", _has(r"\\documentclass\b|\\begin\{document\}"), f"{_SAVE}, without commands"),
    UnreadTextKind("a PostScript document", _has(r"\A%!PS"), "make a PDF of it, and load that"),
    UnreadTextKind("a Jupyter notebook", _has(r'\A\s{0,9}\{[^\n]{0,99}\s{0,9}"cells"\s{0,9}:\s{0,9}\['), _SAVE),
    UnreadTextKind("an address book (vCard)", _has(r"\ABEGIN:VCARD"), _SAVE),
    UnreadTextKind("a calendar (iCalendar)", _has(r"\ABEGIN:VCALENDAR"), _SAVE),
    UnreadTextKind(
        "an e-mail message or a web archive in MIME parts",
        _has(r"\A(?:[!-9;-~]{1,60}:[^\n]{0,990}\n(?:[ \t][^\n]{0,990}\n){0,20}){0,60}?MIME-Version: ?1\.0"),
        f"open it, and {_SAVE}",
    ),
)
# By the name of the root element without its prefix.
XML_KINDS = {
    "chapters": (
        "a list of chapters (Podlove Simple Chapters), in which nobody speaks",
        "export the transcript of the episode from Podlove as WebVTT or JSON, and load that",
    ),
    "rss": ("a feed", "load the transcript that it links to, or save the text of one entry as .html or .txt"),
    "feed": ("a feed", "load the transcript that it links to, or save the text of one entry as .html or .txt"),
    "Trans": ("a Transcriber file (.trs)", f"open it in Transcriber or ELAN, and {_EXPORT}"),
    "folker-transcription": ("a FOLKER transcription", "export it as EXMARaLDA (.exb) or ELAN (.eaf), and load that"),
    "segmented-transcription": (
        "a segmented transcription of EXMARaLDA (.exs)",
        "use the basic transcription (.exb) that it was made from",
    ),
    "transcript": ("a transcript in XML, as Podlove and YouTube write it", _EXPORT),
    "timedtext": ("timed text of YouTube in XML", _EXPORT),
    "xmeml": ("a Final Cut Pro or Premiere project", f"open it there, and {_EXPORT}"),
    "fcpxml": ("a Final Cut Pro project", f"open it there, and {_EXPORT}"),
    "mediawiki": ("an export of a wiki with its pages inside", "copy the source text of one page into a .wiki file"),
    "wordDocument": ("a Word 2003 XML document", "save it as .docx"),
    "package": ("an Office document in one XML file", "save it as .docx"),
    "Workbook": ("an Excel 2003 XML file", "save it as .csv in UTF-8"),
    "svg": ("an SVG image", _SAVE),
    "plist": ("a property list of Apple", _SAVE),
    "alto": ("recognized text with its places on the page (ALTO)", f"{_SAVE}, line by line"),
    "PcGts": ("recognized text with its places on the page (PAGE)", f"{_SAVE}, line by line"),
    "opml": ("an outline (OPML)", _SAVE),
}


def certain_text_reason(source: Source) -> str | None:
    """Say what a text is and what to do with it, if it is surely of a kind that no format reads; else None."""
    try:
        head = source.text[:_HEAD].removeprefix("\ufeff")
    except TranscriptError:
        return None
    kind = next((kind for kind in KINDS if kind.matches(head)), None)
    if kind:
        return f"this is {kind.name}: {kind.advice}"
    if head.lstrip()[:1] == "<" and (stated := XML_KINDS.get(xml.root_name(source) or "")):
        return f"this is {stated[0]}: {stated[1]}"
    return None


def unknown_text_reason(source: Source) -> str | None:
    """Say that a text that no format recognizes is code of some kind, and not prose; None if it may be prose."""
    text = source.text
    root = xml.root_name(source)
    if root:
        return f"this is XML with <{root[:60]}> at its root, which no format has: {_EXPORT}"
    lines = [line for line in text[:_HEAD].splitlines() if line.strip()]
    delimited = sum(not _DELIMITERS.isdisjoint(line) for line in lines)
    if source.suffix in {".csv", ".tsv", ".tab"} and 2 * delimited > len(lines):
        return (
            "this is a table, and no column of it holds the words of speakers: name its columns in the first line, "
            "such as speaker,text"
        )
    if not is_other_format(text):
        return None
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return f"this is JSON, and no list in it holds texts with times or speakers: {_EXPORT}"
    return f"this is markup of a kind that no format has: {_SAVE}"
