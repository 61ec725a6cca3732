"""Reads the metadata of a JSON transcript: title, language, date, address, and the names of its speaker ids."""

from itertools import islice

from app.text.dates import parse_written_date
from app.transcripts.json_keys import plain_members
from app.transcripts.json_text import JsonNode
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.text_lists import walk
from app.transcripts.timed_texts import label_text
from app.transcripts.transcript import Ledger, Metadata, SpeakerStatement
from app.transcripts.urls import canonical

_LANGUAGE_KEYS = ("language", "languagecode", "lang", "locale", "detectedlanguage", "languageidentified")
_TITLE_KEYS = ("title", "episodetitle")
_DATE_KEYS = ("published", "publishedat", "datepublished", "pubdate", "publicationdate", "date")
_ADDRESS_KEYS = ("sourceurl", "url", "link", "permalink", "canonicalurl", "youtubeurl", "videourl")
_PEOPLE_KEYS = ("speakers", "participants", "people", "speakermap", "speakernames", "speakermapping")
# Objects in which a language is searched for, at most.
_MOST_RESULTS = 2000
# Objects beside the turns whose members are read as metadata, like those of the root.
_NESTED = (
    "metadata",
    "meta",
    "result",
    "results",
    "episode",
    "transcription",
    "params",
    "info",
    "interview",
    "speech",
    "data",
    "transcript",
)


def _statements(root: JsonNode) -> list[dict[str, JsonNode]]:
    top = plain_members(root)
    inner = [plain_members(top[key]) for key in _NESTED if key in top]
    return [top, *inner, *(plain_members(each[key]) for each in inner for key in _NESTED if key in each)]


def _first_string(root: JsonNode, keys: tuple[str, ...]) -> tuple[str, int] | None:
    for members in _statements(root):
        for key in keys:
            value = members.get(key)
            if value is not None and value.string and value.string.strip():
                return value.string.strip(), value.start
    return None


def _anywhere(root: JsonNode) -> tuple[str, int] | None:
    """Return the language that settings and results state, wherever they stand, if it is one language."""
    found: list[tuple[str, int]] = []
    for place in islice(walk(root), _MOST_RESULTS):
        members = plain_members(place.node)
        nodes = [members[key] for key in _LANGUAGE_KEYS if key in members]
        found += [(node.string.strip(), node.start) for node in nodes if node.string and node.string.strip()]
    return found[0] if len({language.casefold() for language, _ in found}) == 1 else None


def json_metadata(source: Source, root: JsonNode, names: dict[str, str], ledger: Ledger) -> Metadata:
    """Read the members beside the turns; a language or date that cannot be read leaves a remark."""
    title, language = _first_string(root, _TITLE_KEYS), _first_string(root, _LANGUAGE_KEYS)
    language = language or _anywhere(root)
    code = stated_language(language[0]) if language else None
    if language and code is None:
        ledger.remark("language", f"{language[0][:40]!r} is no language that is known; it was left out", language[1])
    date = _first_string(root, _DATE_KEYS)
    published = parse_written_date(date[0]) if date else None
    if date and published is None:
        ledger.remark("date", f"{date[0][:40]!r} could not be read as one date; it was left out", date[1])
    address = _first_string(root, _ADDRESS_KEYS)
    return Metadata(
        title=title[0] if title else None,
        language=code,
        published=published,
        published_evidence=source.text[date[1] :].partition("\n")[0][:120].strip(' ",') if date and published else None,
        source_url=_canonical(address[0]) if address else None,
        source_url_as_printed=address[0] if address and _canonical(address[0]) else None,
        speakers=tuple(SpeakerStatement(name=name, labels=(label,)) for label, name in names.items()),
    )


def _canonical(address: str) -> str | None:
    try:
        return canonical(address)
    except ValueError:
        return None


def speaker_names(source: Source, root: JsonNode) -> dict[str, str]:
    """Return the name of each speaker id, from a list or an object of speakers if the file has one."""
    names: dict[str, str] = {}
    for members in _statements(root):
        for key in _PEOPLE_KEYS:
            if key not in members:
                continue
            for label, name in _labels_and_names(source, members[key]):
                if label != name:
                    names.setdefault(label, name)
    return names


def _labels_and_names(source: Source, people: JsonNode) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for label, value in people.members.items():
        name = value.string or (_name_in(value) if value.members else None)
        if name and name.strip():
            pairs.append((label.strip(), name.strip()))
    for person in people.elements:
        members = plain_members(person)
        label_node = next(
            (members[key] for key in ("id", "speakerid", "speaker", "label", "tag") if key in members), None
        )
        printed, stated = label_text(source, label_node), _name_in(person)
        if printed and stated:
            pairs.append((printed, stated))
    return pairs


def _name_in(node: JsonNode) -> str | None:
    members = plain_members(node)
    for key in ("name", "displayname", "fullname", "speakername"):
        if (value := members.get(key)) and value.string and value.string.strip():
            return value.string.strip()
    return None
