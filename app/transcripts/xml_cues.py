"""Makes cues of runs of XML, in which line ends and indentation are no part of what was said."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.transcripts.captions import finish_cues
from app.transcripts.cue_text import SourceRun
from app.transcripts.source import Source
from app.transcripts.tiers import Tier, choose_tiers
from app.transcripts.transcript import ByteClass, Ledger, Metadata, Tally, Transcript
from app.transcripts.xml import TextBuilder, XmlDocument, XmlText

_SPACE = re.compile(r"[ \t\r\n]+")


def folded(runs: Iterable[XmlText], after: Sequence[SourceRun | str] = ()) -> list[SourceRun | str]:
    """Return runs of text as pieces of a cue that go on `after` others; white space other than a space becomes one."""
    pieces: list[SourceRun | str] = []
    before = after[-1] if after else None
    for run in runs:
        if len(run.text) != run.end - run.start:
            pieces.append(SourceRun(run.text, run.start, run.end))
            continue
        at = 0
        for space in _SPACE.finditer(run.text):
            last = pieces[-1] if pieces else before
            after_space = space.start() == at and (last is None or _ends_in_space(last))
            if space.group() == " " and not after_space:
                continue
            _copy(pieces, run, at, space.start())
            if not after_space:
                pieces.append(" ")
            at = space.end()
        _copy(pieces, run, at, len(run.text))
    return pieces


def _ends_in_space(piece: SourceRun | str) -> bool:
    return (piece if isinstance(piece, str) else piece.text)[-1:].isspace()


def _copy(pieces: list[SourceRun | str], run: XmlText, start: int, end: int) -> None:
    if end > start:
        pieces.append(SourceRun(run.text[start:end], run.start + start, run.start + end))


def mark_unused(document: XmlDocument, used: Iterable[XmlText], ledger: Ledger, notes: Iterable[XmlText] = ()) -> None:
    """Class the runs of a document that are in no cue: `notes` as notes, all others as front matter."""
    done, noted = {id(run) for run in used}, {id(run) for run in notes}
    for run in document.runs:
        if id(run) not in done:
            TextBuilder(ledger).add(run).mark(ByteClass.NOTE if id(run) in noted else ByteClass.FRONT_MATTER)


def read_tiers(
    source: Source, format_name: str, document: XmlDocument, tiers: Sequence[Tier], metadata: Metadata
) -> Transcript:
    """Make the transcript of the tiers of a document; `metadata` is what else it states.

    Raises:
        TranscriptError: no tier has words.
    """
    chosen = choose_tiers(tiers)
    if not chosen.spoken:
        raise source.error("no tier of this file holds words of a speaker", document.root.start)
    ledger = Ledger(source)
    document.mark_markup(ledger)
    read = {id(each) for tier, _ in chosen.spoken for each in tier.spoken()}
    used, notes = list[XmlText](), list[XmlText]()
    for tier in tiers:
        for each in tier.annotations:
            (used if id(each) in read else notes).extend(each.runs)
    mark_unused(document, used, ledger, notes)
    chosen.remark_others(ledger)
    stated = replace(
        metadata,
        language=chosen.language() or metadata.language,
        speakers=chosen.speakers() or metadata.speakers,
    )
    return finish_cues(source, format_name, chosen.cues(), stated, ledger, Tally(ledger))
