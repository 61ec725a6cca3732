"""Reads wiki text of MediaWiki (.wiki): paragraphs with bold labels, or questions in bold or as headings.

Links, emphasis, templates, files, categories and tags are markup; references are notes. Of the libraries,
mwparserfromhell keeps no offsets, and wikitextparser is not free for all uses (GPL).
"""

import re

from app.errors import TranscriptError
from app.text.dates import parse_written_date
from app.transcripts.placed_paragraphs import read_placed
from app.transcripts.source import Source
from app.transcripts.transcript import NO, Guess, Ledger, Metadata, Transcript, TranscriptFormat
from app.transcripts.wikitext_scan import WikiScanner

_SIGNS = re.compile(
    r"'''|^={2,6}[^=\n]{1,200}={2,6}[ \t]*$|\[\[[^\[\]\n|]{1,200}(?:\|[^\[\]\n]{0,200})?\]\]|\{\{[^{}\n]{1,200}\}\}"
    r"|<ref[ >/]|^\{\|",
    re.MULTILINE,
)
_OWN_SIGNS = re.compile(r"\[\[[^\[\]\n|]{1,200}(?:\||\]\])|^==+[^=\n]{1,200}==+[ \t]*$|'''", re.MULTILINE)
_SUFFIXES = (".wiki", ".mediawiki", ".wikitext", ".mw")
_FEWEST_SIGNS = 3
# Characters that sniffing examines.
_HEAD = 65_536


def sniff(source: Source) -> Guess:
    """Look for the signs of wiki text; a suffix of its own needs one, any other name several."""
    try:
        head = source.text[:_HEAD]
    except TranscriptError:
        return NO
    if head.lstrip("\ufeff \t\r\n")[:1] == "<":
        return NO
    kinds = {found.group()[:2] for found in _OWN_SIGNS.finditer(head)}
    if source.suffix in _SUFFIXES and _SIGNS.search(head):
        return Guess(0.95, "its name ends as that of a wiki page, and it has signs of wiki text")
    bold_labels = head.count("\n'''") + head.startswith("'''")
    if len(kinds) >= 2 and bold_labels >= _FEWEST_SIGNS:
        return Guess(0.92, "lines begin in bold as in wiki text ('''Name''':), beside its links or headings")
    return NO


def parse(source: Source) -> Transcript:
    """Read wiki text.

    Raises:
        TranscriptError: the file is not text, or has no words.
    """
    ledger, scanner = Ledger(source), WikiScanner(source)
    placed = scanner.scan()
    if not placed:
        raise source.error("there is no text in this wiki page", 0)
    if scanner.left_out:
        count = len(scanner.left_out)
        ledger.remark("left-out", f"templates ({count}) are not part of the transcript", scanner.left_out[0])
    date = next(filter(None, map(parse_written_date, scanner.dates)), None)
    evidence = f"the template of the date: {scanner.dates[0]}" if date else None
    stated = Metadata(published=date, published_evidence=evidence)
    return read_placed(source, FORMAT.name, placed, stated, ledger)


FORMAT = TranscriptFormat(
    name="wikitext",
    description="wiki text of MediaWiki: labels in bold ('''Name:'''), or questions in bold or as headings",
    suffixes=_SUFFIXES,
    sniff=sniff,
    parse=parse,
)
