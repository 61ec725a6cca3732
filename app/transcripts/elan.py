"""Reads ELAN annotations (.eaf): the tier of each participant, in the order of time.

An annotation of a tier that depends on another one (words, a translation) has the times of the annotation above it.
"""

import re
from typing import NamedTuple

from app.transcripts import xml
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.tiers import Annotation, Tier
from app.transcripts.transcript import NO, Guess, Metadata, Transcript, TranscriptFormat
from app.transcripts.xml import Element, XmlDocument
from app.transcripts.xml_cues import folded, read_tiers

_ROOT = "ANNOTATION_DOCUMENT"
_MILLISECONDS = re.compile(r"[0-9]{1,10}")
# Annotations that depend on one another in a chain, at most.
_DEEPEST = 20


class _Slot(NamedTuple):
    """A point of time; one without a time has the place of the one before it."""

    ms: int | None
    place: int | None


_NOWHERE = _Slot(None, None)


def sniff(source: Source) -> Guess:
    """An <ANNOTATION_DOCUMENT> at the root is sure enough."""
    return Guess(0.98, f"the XML begins with <{_ROOT}>, as ELAN does") if xml.root_name(source) == _ROOT else NO


def parse(source: Source) -> Transcript:
    """Read an ELAN annotation document.

    Raises:
        TranscriptError: xml.parse refuses it, or no tier has words.
    """
    document = xml.parse(source)
    stated = {stated_language(each.attributes.get("LANG_ID")) for each in document.root.elements("LANGUAGE")}
    metadata = Metadata(language=stated.pop() if len(stated) == 1 else None)
    return read_tiers(source, FORMAT.name, document, _tiers(document), metadata)


def _tiers(document: XmlDocument) -> list[Tier]:
    slots = _slots(document)
    annotations = {
        identifier: each
        for each in document.root.elements("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")
        if (identifier := each.attributes.get("ANNOTATION_ID"))
    }
    tiers = []
    for element in document.root.elements("TIER"):
        values = element.attributes
        tier = Tier(
            values.get("TIER_ID", ""),
            " ".join(values.get("PARTICIPANT", "").split()) or None,
            values.get("PARENT_REF"),
            values.get("LANG_REF"),
        )
        for each in element.elements("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
            value = each.first("ANNOTATION_VALUE")
            runs = list(value.runs()) if value else []
            if runs:
                start, end = _times(each, annotations, slots)
                tier.annotations.append(
                    Annotation(runs[0].start, start.ms, end.ms, folded(runs), runs, place=start.place)
                )
        tiers.append(tier)
    return tiers


def _slots(document: XmlDocument) -> dict[str, _Slot]:
    slots: dict[str, _Slot] = {}
    place = 0
    for slot in document.root.elements("TIME_SLOT"):
        value = slot.attributes.get("TIME_VALUE", "")
        ms = int(value) if _MILLISECONDS.fullmatch(value) else None
        place = place if ms is None else ms
        slots[slot.attributes.get("TIME_SLOT_ID", "")] = _Slot(ms, place)
    return slots


def _times(annotation: Element, annotations: dict[str, Element], slots: dict[str, _Slot]) -> tuple[_Slot, _Slot]:
    """Return where an annotation begins and ends: by its own slots, or by those of the annotation above it."""
    for _ in range(_DEEPEST):
        values = annotation.attributes
        above = annotations.get(values.get("ANNOTATION_REF", ""))
        if above is None:
            first, last = values.get("TIME_SLOT_REF1", ""), values.get("TIME_SLOT_REF2", "")
            return slots.get(first, _NOWHERE), slots.get(last, _NOWHERE)
        annotation = above
    return _NOWHERE, _NOWHERE


FORMAT = TranscriptFormat(
    name="elan",
    description="ELAN annotations: the tiers of the participants, put together by their times",
    suffixes=(".eaf",),
    sniff=sniff,
    parse=parse,
)
