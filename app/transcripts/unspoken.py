"""Takes off what is printed inside a talk and nobody says: footnote marks, times, anchors, and lists of contents.

Trailers such as `Transcribed by ...` become notes. What needs a second sign, such as the footnotes that marks lead to,
is decided from the whole file.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from app.transcripts.asides import is_promotion
from app.transcripts.page_lines import take_off_page
from app.transcripts.text_lines import LineKind, TakenOff, TextLine, stands_alone
from app.transcripts.transcript import ByteClass

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
# f4 and MAXQDA print `#00:00:04-2#`; others a time in brackets. A time of day in round brackets has no seconds.
_TIME = re.compile(
    rf"#{_CLOCK}(?:[-.,]\d{{1,3}})?#|\[{_CLOCK}(?:[.,]\d{{1,3}})?\]|\{{{_CLOCK}(?:[.,]\d{{1,3}})?\}}"
    r"|\(\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?\)"
)
_TIME_LINE = re.compile(
    r"[ \t]*(?:[\[({<#]?\d{1,2}:\d{2}:\d{2}(?:[-.,]\d{1,3})?[\])}>#]?|[\[({<#]\d{1,3}:\d{2}(?:[-.,]\d{1,3})?[\])}>#])"
    r"[:.]?[ \t]*"
)
_FOOTNOTE_TAG = re.compile(r"\[\[footnote\]\][^\[\]]{0,40}\[\[/footnote\]\]", re.IGNORECASE)
_PAGE_TAG = re.compile(r"\[\[?(?:page|pg\.?|p\.)\s?\d{1,4}\]\]?|\{(?:page|pg\.?|p\.)\s?\d{1,4}\}", re.IGNORECASE)
_SIGN = r"\d{1,3}|\*{1,3}|[a-z]"
_RAISED = r"[¹²³⁰⁴-⁹]{1,3}"
# `[text][1]` and `[1](address)` are links, and `[1]: address` says where a link leads.
_FOOTNOTE_MARK = re.compile(
    rf"(?<!\])\[\^?(?P<bracketed>{_SIGN})\](?![(\[:])|(?<=[\w.,;:?!\"”’»)])(?P<raised>{_RAISED})"
)
_FOOTNOTE_LINE = re.compile(
    rf"[ \t]{{0,8}}(?:\[\^(?P<caret>{_SIGN})\]:?|\[(?P<bracketed>{_SIGN})\]|(?P<raised>{_RAISED}))[ \t]*(?=[^\s:])"
)
_NOTES_HEADING = re.compile(
    r"[ \t]*(?:(?:foot|end)?notes?|references|anmerkung(?:en)?|fu(?:ß|ss)noten?|note de bas de page|notas?|notes de bas"
    r" de page|voetnoten|fotnoter|przypisy|примечания|注释|註釋|注)[ \t]{0,2}[:：]?[ \t]*",
    re.IGNORECASE,
)
_EMPTY_ANCHOR = r"<a\b[^<>]{0,300}>[#¶§\s]{0,3}</a>"
_ANCHOR = re.compile(_EMPTY_ANCHOR, re.IGNORECASE)
_LEADING_ANCHOR = re.compile(rf"(?:[ \t]*{_EMPTY_ANCHOR}){{1,4}}[ \t]*", re.IGNORECASE)
_DOTTED = re.compile(r"[ \t]*\S.{0,120}?(?:(?:[ \t]?\.){3,40}|(?:…[ \t]?){2,40})[ \t]*\d{1,4}[ \t]*")
_ANCHOR_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\[[^\[\]]{1,200}\]\(#[^()\s]{0,200}\)[ \t]*")
_FEWEST_ENTRIES = 3
_TRAILER = re.compile(
    r"""[ \t]*(?:
      (?:this\ |the\ )?(?:\w{1,20}\ )?(?:transcript(?:ion)?|interview|text|audio|file)\b.{0,40}
          \b(?:transcribed|made|generated|produced|provided|edited|prepared|created|exported|downloaded)\b.{0,200}
    | (?:transcribed|transcript|transcription|edited|proofread|audited|translated)\ (?:by|from|provided\ by)\b.{0,200}
    | transkri(?:biert|ption)\b.{0,10}\b(?:von|durch|:).{0,160}
    | transcri(?:t|ption\ :|ption\ par|to\ por|pción\ de|tto\ da|zione\ (?:di|a\ cura)).{0,160}
    | (?:transcription|recording|aufzeichnung|enregistrement)\ (?:ended|stopped|beendet)\b.{0,160}
    | .{1,60}\ (?:stopped|started)\ (?:the\ )?(?:transcription|recording)
    | [^.?!:]{3,50}\ (?:after|nach|après|despu[ée]s\ de|dopo|após|na|efter|po|через)\ \d{1,2}:\d{2}:\d{2}\W{0,6}
    | (?:copyright|©|\(c\))\ .{0,200}
    | (?:all\ rights\ reserved|terms\ of\ use)\b.{0,160}
    | (?:\[|\(|-{1,3}\ ?|\*{1,3}\ ?)?(?:the\ )?end\ of\ (?:the\ |this\ )?(?:interview|transcript(?:ion)?|recording
          |tape|audio|file|session|conversation|side|track|part)\b.{0,40}
    | (?:\[|\()?(?:ende\ (?:des|der)\ \w{3,30}|fin\ de\ (?:l['’]|la\ |el\ )?\w{3,30}|fine\ dell['’a]\ ?\w{3,30}
          |fim\ da\ \w{3,30}|fin\ del?\ \w{3,30})[\])]?\.?
    | [-–—*#\s]{0,40}(?-i:END)[-–—*#\s]{0,40}(?:\d{1,2}:\d{2}\ ?[ap]\.?m\.?.{0,10})?
    | (?:interview|recording|session|tape|audio)\ (?:ends?|concludes?|concluded|ended)\b.{0,40}
    | (?:whereupon|thereupon),?\ .{0,200}
    | \(?(?:the\ )?(?:witness|deposition|hearing|proceedings?|meeting)\ (?:was\ )?(?:excused|concluded|adjourned)\b
          .{0,80}
    | (?:subscribe|share|sign\ up)\b.{0,60}(?<![.!?…])
    | .{0,80}\btranscription\ (?:software|service|app|tool|platform)s?\b.{0,100}
    | (?:automatically|machine)[ -](?:generated|made|transcribed)\b.{0,100}
    )[ \t]*""",
    re.IGNORECASE | re.VERBOSE,
)
_RULE = re.compile(r"[ \t]*(?:[-*_=–—][ \t]?){3,80}[ \t]*")
# Below a rule at the end, an editor's words in italics are no speech.
_IN_ITALICS = re.compile(r"[ \t]*(?P<mark>[*_])[^*_\s].*(?P=mark)[ \t]*")
# Lines with text at the end in which trailers are searched for, and characters of one, at most.
_END_LINES, _LONGEST_TRAILER = 40, 300


def take_off(text: str, lines: Sequence[TextLine]) -> None:
    """Take off everything that nobody says, before labels are searched for."""
    take_off_page(text, lines)
    signs = _footnote_signs(text, lines)
    for line in lines:
        if line.kind is not LineKind.TEXT or line.in_code:
            continue
        if line.begins_paragraph and line.paragraph_end == line.end and is_promotion(text[line.start : line.end]):
            line.kind = LineKind.NOTE
        elif line.end - line.start < 40 and _TIME_LINE.fullmatch(text, line.start, line.end):
            line.kind = LineKind.OFF
            line.off = (*line.off, TakenOff(line.start, line.end, ByteClass.TIME, "times-between"))
        else:
            _take_inline(text, line, signs)
    _take_contents(text, lines)


def _take_inline(text: str, line: TextLine, signs: frozenset[str]) -> None:
    if anchor := _LEADING_ANCHOR.match(text, line.start, line.end):
        line.off = (*line.off, TakenOff(line.start, anchor.end(), ByteClass.MARKUP, "anchors"))
        line.start = line.text_start = anchor.end()
    line.off = (*line.off, *sorted(_inline(text, line.start, line.end, signs), key=lambda off: off.start))


def _inline(text: str, start: int, end: int, signs: frozenset[str]) -> Iterator[TakenOff]:
    body = text[start:end]
    if "#" in body or ":" in body:
        for match in _TIME.finditer(text, start, end):
            yield TakenOff(*match.span(), ByteClass.TIME, "times-inside")
    if "[" in body or "{" in body:
        for match in _FOOTNOTE_TAG.finditer(text, start, end):
            yield TakenOff(*match.span(), ByteClass.NOTE, "footnote-marks")
        for match in _PAGE_TAG.finditer(text, start, end):
            yield TakenOff(*match.span(), ByteClass.MARKUP, "page-heads")
    if "<a" in body or "<A" in body:
        for match in _ANCHOR.finditer(text, start, end):
            yield TakenOff(*match.span(), ByteClass.MARKUP, "anchors")
    if signs:
        for match in _FOOTNOTE_MARK.finditer(text, start, end):
            if (match["bracketed"] or match["raised"]) in signs:
                yield TakenOff(*match.span(), ByteClass.NOTE, "footnote-marks")


def _footnote_signs(text: str, lines: Sequence[TextLine]) -> frozenset[str]:
    """Return the signs with which lines at the end begin and that the text above prints too; these lines are notes."""
    found: dict[str, TextLine] = {}
    for line in lines:
        if line.kind is LineKind.TEXT and (match := _FOOTNOTE_LINE.match(text, line.start, line.end)):
            found.setdefault(match["caret"] or match["bracketed"] or match["raised"], line)
    if not found:
        return frozenset()
    first = min(line.start for line in found.values())
    marked = {match["bracketed"] or match["raised"] for match in _FOOTNOTE_MARK.finditer(text, 0, first)}
    signs = frozenset(sign for sign in marked if sign in found)
    for sign in signs:
        found[sign].kind = LineKind.NOTE
    if signs:
        _take_notes_heading(text, lines, min(found[sign].start for sign in signs))
    return signs


def _take_notes_heading(text: str, lines: Sequence[TextLine], first_note: int) -> None:
    """Make a note of a line such as `Notes` that stands above the footnotes."""
    above = [line for line in lines if line.end <= first_note and line.kind is not LineKind.BLANK]
    if above and above[-1].kind is LineKind.TEXT and _NOTES_HEADING.fullmatch(text, above[-1].start, above[-1].end):
        above[-1].kind = LineKind.NOTE


def _take_contents(text: str, lines: Sequence[TextLine]) -> None:
    """Make notes of a list of contents: lines in a row that end in dots and a number, or that are links in the page."""
    run: list[TextLine] = []
    for line in lines:
        if line.kind in {LineKind.BLANK, LineKind.OFF}:
            continue
        if line.kind is LineKind.TEXT and line.end - line.start < 400 and _is_entry(text, line):
            run.append(line)
            continue
        _close_contents(run)
        run = []
    _close_contents(run)


def _is_entry(text: str, line: TextLine) -> bool:
    last = text[line.start : line.end].rstrip(" \t")[-1:]
    if not last.isdecimal() and last != ")":
        return False
    return bool(_DOTTED.fullmatch(text, line.start, line.end) or _ANCHOR_ITEM.fullmatch(text, line.start, line.end))


def _close_contents(run: Sequence[TextLine]) -> None:
    if len(run) >= _FEWEST_ENTRIES:
        for line in run:
            line.kind = LineKind.NOTE


def is_trailer(paragraph: str) -> bool:
    """Whether a paragraph at the end says how the text was made, or that the talk is over."""
    return len(paragraph) < _LONGEST_TRAILER and _TRAILER.fullmatch(paragraph) is not None


def _rule_before(text: str, lines: Sequence[TextLine], tail: Sequence[int]) -> int | None:
    """Return the index of the last rule across the page, if nobody has a label below it."""
    rules = [
        index
        for index in range(min(tail, default=len(lines)), len(lines))
        if lines[index].kind is LineKind.MARKUP and _RULE.fullmatch(text, lines[index].start, lines[index].end)
    ]
    return rules[-1] if rules else None


def set_trailers_apart(text: str, lines: Sequence[TextLine], speakers: Collection[str]) -> None:
    """Make notes of the lines at the end that say how the text was made, or that the talk is over.

    After the first of them nothing without a label is speech.
    """
    tail: list[int] = []
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        labelled = line.kind is LineKind.TEXT and line.label is not None and line.label.text in speakers
        if labelled or line.kind is LineKind.QUESTION or len(tail) > _END_LINES:
            break
        if line.kind in {LineKind.TEXT, LineKind.NOTE}:
            tail.append(index)
    ended = False
    ruled = _rule_before(text, lines, tail)
    for index in reversed(tail):
        line = lines[index]
        if ruled is not None and index > ruled and _IN_ITALICS.fullmatch(text, line.start, line.end):
            ended = True
        if not ended and line.end - line.start < _LONGEST_TRAILER and stands_alone(text, lines, index):
            ended = _TRAILER.fullmatch(text, line.start, line.end) is not None
        if ended:
            line.kind = LineKind.NOTE
