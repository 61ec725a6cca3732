"""The keys of front matter and of heads, in the languages of interviews, and the names that stand behind them."""

import re
from collections.abc import Iterator

# Characters of a list of names that are read, at most.
_LONGEST_LIST = 1000
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{0,500}\)")
_ASIDE = re.compile(r"\([^()]{0,200}\)")
_NAME_SEPARATOR = re.compile(r"[,;&\n]|(?<=\s)(?:and|und|et|y|e)(?=\s)")

TITLE = ("title", "titel", "titre", "título", "titolo", "标题", "標題")
DATE = (
    "date",
    "published",
    "publish_date",
    "publishdate",
    "pubdate",
    "date_published",
    "datum",
    "fecha",
    "data",
    "日期",
    "interview date",
    "date of interview",
    "date recorded",
    "recorded on",
    "recording date",
    "datum des interviews",
    "fecha de la entrevista",
    "date de l'entretien",
    "data dell'intervista",
)
LANGUAGE_KEYS = ("language", "lang", "locale", "sprache", "langue", "idioma")
ADDRESS = (
    "source_url", "source", "url", "canonical_url", "canonical", "link", "original", "media", "source_file", "video",
    "audio", "quelle", "youtube_url", "video_url", "audio_url", "episode_url", "permalink",
)  # fmt: skip
SERIES = ("series", "show", "podcast", "program", "programme", "channel")
SUMMARY = ("summary", "description", "excerpt", "abstract")
RIGHTS = ("rights", "license", "licence", "copyright")
TOPICS = ("tags", "categories", "topics", "keywords", "category", "subjects")
SPEAKERS = ("speakers", "speaker", "participants", "people")
INTERVIEWERS = (
    "hosts", "host", "interviewers", "interviewer", "interviewer(s)", "interviewed by", "interviewed_by",
    "intervieweur", "intervieweuse", "interviewerin", "interviewt von", "entrevistador", "entrevistadora",
    "entrevistado por", "intervistatore", "intervistatrice", "intervista di",
    "conducted by", "интервьюер", "wywiad prowadzi", "采访者",
)  # fmt: skip
INTERVIEWEES = (
    "guests", "guest", "interviewees", "interviewee", "interviewee(s)", "narrator", "narrators", "narrator(s)",
    "respondent", "respondents", "informant", "gast", "invité", "invitée", "témoin", "interviewter", "interviewte",
    "interviewpartner", "interviewpartnerin", "befragter", "befragte", "befragte person",
    "interviewte person", "personne interrogée", "persona entrevistada", "entrevistado", "entrevistada", "intervistato",
    "intervistata", "witness", "witnesses", "респондент", "受访者",
)  # fmt: skip
MODERATORS = ("moderators", "moderator")
AUTHORS = ("author", "authors", "postauthors", "writer", "byline", "by")
OTHER_HEADERS = (
    "location", "place", "ort", "lieu", "transcriber", "transcribed by", "transcript by", "transcription by",
    "transcript_by", "recorded", "members present", "present", "in attendance", "attendees", "anwesend",
    "présents", "presentes", "episode", "season", "duration", "length", "publisher", "event", "venue", "subject",
    "interview title", "collection", "format", "project", "place of interview", "interview location", "tape",
    "tape number", "interview number", "interview no", "number of interviews", "session", "accession number",
    "transcriptionist", "transcription", "audited by", "edited by", "lugar", "luogo", "luogo e data", "transkription",
    "transcripción", "transcrit par", "also present", "time", "recording", "sound quality", "restrictions",
    "repository",
)  # fmt: skip
ROLES = ((SPEAKERS, None), (INTERVIEWERS, "interviewer"), (INTERVIEWEES, "interviewee"), (MODERATORS, "moderator"))
PEOPLE_KEYS = frozenset((*SPEAKERS, *INTERVIEWERS, *INTERVIEWEES, *MODERATORS))
HEADER_KEYS = frozenset(
    (*TITLE, *DATE, *LANGUAGE_KEYS, *ADDRESS, *SERIES, *SUMMARY, *RIGHTS, *TOPICS, *AUTHORS, *OTHER_HEADERS)
)


def flattened(value: object, depth: int = 0) -> Iterator[object]:
    """Yield the values of nested lists, to a bounded depth."""
    if isinstance(value, list) and depth < 4:
        for item in value:
            yield from flattened(item, depth + 1)
    elif value is not None:
        yield value


def names_in(value: object) -> Iterator[str]:
    """Yield the names in a value: a list, a mapping with `name`, or words between commas and `and`."""
    for item in flattened(value):
        if isinstance(item, dict):
            item = item.get("name") or " ".join(str(item.get(part, "")) for part in ("first", "last"))
        if not isinstance(item, str):
            continue
        plain = _ASIDE.sub(" ", _LINK.sub(r"\1", item[:_LONGEST_LIST]))
        for name in _NAME_SEPARATOR.split(plain):
            if clean := " ".join(name.split()):
                # A sentence ends behind a full name; `Jr.` and `A.` end in a period themselves.
                full = clean.endswith(".") and " " in clean and len(clean.rpartition(" ")[2]) > 4
                yield clean[:-1] if full else clean
