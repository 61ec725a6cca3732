"""Reads the text layer of PDF files, with pypdf, which the extra quoth[pdf] installs.

A PDF has no paragraphs, but lines in fonts. A line that is apart from the one above, or in bold after others, begins a
paragraph; lines that recur at the edges of pages are left out. Offsets, lines and columns count in that text; see
app/transcripts/paragraphs.py.
"""

import importlib.util
import io
import itertools
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from app.errors import TranscriptError
from app.extras import how_to_install
from app.transcripts.paragraphs import Paragraph, ParagraphBuilder, read_extracted
from app.transcripts.printed_labels import leading_label
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat

if TYPE_CHECKING:
    from pypdf import PdfReader

MARK = b"%PDF-"
# Bytes before the mark, at most.
_MARK_REACH = 1024
MAX_PAGES = 5_000
MAX_CHARACTERS = 64 * 1024 * 1024
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
# What programs write for a title where nobody gave one.
_NO_TITLE = re.compile(
    r"(?:microsoft|powerpoint|untitled|unbenannt|document\d{0,3}$|dokument\d{0,3}$|print\b).*"
    r"|.*\.(?:docx?|odt|rtf|pdf|indd|pages|txt|tex|dvi|qxd)",
    re.IGNORECASE,
)
# Lines at each edge of a page that may be its head or foot.
_EDGE = 2
# A gap between lines that is so much wider than the usual one begins a paragraph.
_WIDER = 1.35
_BROKEN_WORD = re.compile(r"(?P<first>[^\W\d_]{2,40})-\n(?P<rest>[^\W\d_]{2,40})")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDS_SENTENCE = (".", "?", "!", "…", ":", "。", "？", "！", "؟")
_CLOSING = " \"'”’)]»"
_NO_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_DIGITS = re.compile(r"\d+")


def is_available() -> bool:
    """Whether pypdf is installed."""
    return importlib.util.find_spec("pypdf") is not None


def sniff(source: Source) -> Guess:
    """A PDF says so at its beginning."""
    return Guess(0.98, "it begins as a PDF does") if MARK in source.data[:_MARK_REACH] else NO


def parse(source: Source) -> Transcript:
    """Read the text layer of a PDF.

    Raises:
        TranscriptError: pypdf is not installed; the file is broken, encrypted or too long, or has no text.
    """
    if MARK not in source.data[:_MARK_REACH]:
        raise TranscriptError(source.name, "this does not begin with %PDF-, as a PDF does")
    if not is_available():
        raise TranscriptError(
            source.name, f"PDF is read with pypdf, which is not installed; run: {how_to_install('pdf')}"
        )
    pages, metadata = _extract(source)
    left_out = Counter[str]()
    lines = [line for page in _without_edges(pages, left_out) for line in page]
    if not lines:
        raise TranscriptError(
            source.name, "this PDF has no text layer: recognize the text first (OCR), for example with 'ocrmypdf'"
        )
    return read_extracted(source, FORMAT.name, list(_paragraphs(lines)), metadata, left_out)


@dataclass
class _Line:
    """A line of a page: its height on it, its runs of text with whether they are bold, and whether it begins a page."""

    height: float
    runs: list[tuple[str, bool]] = field(default_factory=list)
    begins_page: bool = False

    @property
    def text(self) -> str:
        return "".join(run for run, _ in self.runs)

    @property
    def is_bold(self) -> bool:
        return all(bold for run, bold in self.runs if run.strip())


def _extract(source: Source) -> tuple[list[list[_Line]], Metadata]:
    """Return the lines of each page, and what the file states about itself."""
    from pypdf import PdfReader

    # It logs what it repairs.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return _read_pages(source, PdfReader(io.BytesIO(source.data), strict=False))
    except TranscriptError:
        raise
    # For broken files pypdf raises errors of any kind, KeyError and AttributeError among them.
    except Exception as error:  # noqa: BLE001 - see above
        kind = type(error).__name__
        raise TranscriptError(source.name, f"this PDF cannot be read ({kind}); print it to a new PDF") from None


def _read_pages(source: Source, reader: "PdfReader") -> tuple[list[list[_Line]], Metadata]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise TranscriptError(source.name, "this PDF is encrypted; save it without a password")
    if len(reader.pages) > MAX_PAGES:
        raise TranscriptError(source.name, f"this PDF has more than {MAX_PAGES} pages")
    pages, length = list[list[_Line]](), 0
    for page in reader.pages:
        collector = _LineCollector()
        page.extract_text(visitor_text=collector.visit)
        pages.append(collector.lines())
        length += sum(len(line.text) for line in pages[-1])
        if length > MAX_CHARACTERS:
            raise TranscriptError(source.name, f"this PDF has more than {MAX_CHARACTERS} characters")
    return pages, _metadata(reader)


def _metadata(reader: "PdfReader") -> Metadata:
    stated = reader.metadata
    title = " ".join(str((stated.title if stated else None) or "").split())
    language = reader.root_object.get("/Lang")
    return Metadata(
        title=title if title and len(title) <= 300 and not _NO_TITLE.fullmatch(title) else None,
        language=stated_language(str(language)) if language else None,
    )


class _LineCollector:
    """Collects the lines of one page from the pieces that pypdf finds."""

    def __init__(self) -> None:
        self._lines = [_Line(0.0)]

    def visit(
        self, text: str, outer: list[float], inner: list[float], font: dict[str, Any] | None, _size: float
    ) -> None:
        """Take a piece of text with its two matrices and its font."""
        height = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        bold = bool(_BOLD.search(str((font or {}).get("/BaseFont", ""))))
        for number, part in enumerate(_clean(text).split("\n")):
            if number:
                self._lines.append(_Line(0.0))
            if not part:
                continue
            line = self._lines[-1]
            if not line.text.strip():
                line.height = height
            # Where the font changes, the space after a label may be a movement only.
            if line.text.endswith((":", "：")) and not part[0].isspace():
                line.runs.append((" ", bold))
            line.runs.append((part, bold))

    def lines(self) -> list[_Line]:
        """Return the lines with text."""
        found = [line for line in self._lines if line.text.strip()]
        if found:
            found[0].begins_page = True
        return found


def _clean(text: str) -> str:
    """Leave out control characters and halves of surrogate pairs."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or (character >= " " and not "\ud800" <= character <= "\udfff")
    )


def _without_edges(pages: Sequence[list[_Line]], left_out: Counter[str]) -> Iterator[list[_Line]]:
    """Leave out the heads and feet of pages: lines at the edges that recur, but for their numbers, on most pages."""
    filled = [page for page in pages if page]
    counts = Counter(key for page in filled for key in {_key(line) for line in _edges(page)})
    recurring = {key for key, count in counts.items() if count > 1 and 2 * count > len(filled)}
    for page in filled:
        edges = {id(line) for line in _edges(page) if _key(line) in recurring and not leading_label(line.text.strip())}
        left_out["heads and numbers of pages"] += len(edges)
        rest = [line for line in page if id(line) not in edges]
        if rest:
            rest[0].begins_page = True
            yield rest
    if not left_out["heads and numbers of pages"]:
        del left_out["heads and numbers of pages"]


def _edges(page: list[_Line]) -> list[_Line]:
    return page if len(page) <= 2 * _EDGE else page[:_EDGE] + page[-_EDGE:]


def _key(line: _Line) -> str:
    return _DIGITS.sub("#", " ".join(line.text.split())).casefold()


def _paragraphs(lines: Sequence[_Line]) -> Iterator[Paragraph]:
    """Put lines together that are no farther apart than usual, and either all in bold or not."""
    gaps = [
        gap
        for above, line in itertools.pairwise(lines)
        if not line.begins_page and (gap := abs(above.height - line.height)) > 1
    ]
    # Where most paragraphs have one line, the usual gap is the narrowest that is not rare.
    counts = Counter(round(gap, 1) for gap in gaps)
    common = [gap for gap, count in counts.items() if count * 5 > len(gaps)]
    usual = min(common, default=median(gaps or [0.0]))
    words = set(_WORD.findall("\n".join(line.text for line in lines)))
    built = ParagraphBuilder()
    above: _Line | None = None
    for line in lines:
        if above is not None and _is_apart(above, line, _WIDER * usual):
            yield from _closed(built, words)
            built = ParagraphBuilder()
        elif above is not None:
            built.add("\n", line.is_bold)
        for run, bold in line.runs:
            built.add(run, bold)
        above = line
    yield from _closed(built, words)


def _is_apart(above: _Line, line: _Line, wide: float) -> bool:
    """Whether a line begins a paragraph; on a new page, it does after the end of a sentence."""
    if above.is_bold != line.is_bold:
        return True
    if line.begins_page:
        return above.text.rstrip(_CLOSING).endswith(_ENDS_SENTENCE)
    return abs(above.height - line.height) > wide


def _closed(built: ParagraphBuilder, words: set[str]) -> Iterator[Paragraph]:
    paragraph = built.paragraph()
    if paragraph is None:
        return
    lead = paragraph.text[: paragraph.lead]
    paragraph.text = _unbroken(paragraph.text, words)
    if not paragraph.text.startswith(lead):
        paragraph.lead = len(_unbroken(lead, words))
    yield paragraph


def _unbroken(text: str, words: set[str]) -> str:
    """Put a word together that is broken at the end of a line, if the file has it unbroken elsewhere."""

    def join(broken: re.Match[str]) -> str:
        whole = broken["first"] + broken["rest"]
        return f"{whole}\n" if whole in words else broken.group()

    return _BROKEN_WORD.sub(join, text)


FORMAT = TranscriptFormat(
    name="pdf",
    description="the text layer of PDF files: labels such as NAME:, or questions in bold (with the extra quoth[pdf])",
    suffixes=(".pdf",),
    sniff=sniff,
    parse=parse,
    extracts=True,
)
