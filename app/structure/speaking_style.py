"""Describes how each person in a conversation speaks: who asks, who is brief, who welcomes whom. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.text.asking import asks
from app.text.folding import fold
from app.text.sentences import asks_by_sign, sentences

# Phrases of hosts, and of guests who are welcomed, anywhere in a folded run. Each is said on many shows, and hardly
# ever by the other side.
_HOST = re.compile(
    r"\bwelcome (?:back )?to (?:the |this |another |an? |our |my |season |episode )"
    r"|\b(?:i'm|i am|this is|as) your hosts?\b|\bmy (?:name is [^.]{1,40} and i'm (?:the|your) )?co-?hosts?\b"
    r"|\b(?:my|our) (?:special )?guests?\b|\bi'm (?:here |joined |talking |speaking |sitting )[^.]{0,30}\b(?:with|by)\b"
    r"|\b(?:joining|joined|with) (?:me|us|by)\b[^.]{0,30}\b(?:today|is)\b|\btoday (?:we|i)(?:'re| are|'m| am| have)\b"
    r"|\bthanks?(?: you)?(?: so much| very much| again)? for (?:joining|coming|being (?:here|on|with)|taking the time"
    r"|talking|speaking|doing this|your time|agreeing)"
    r"|\b(?:next|last|first|final|another|one more|follow-?up) question\b"
    r"|\bi (?:want|wanted|would like|'d like) to ask\b"
    r"|\b(?:could|can|would) you (?:tell|explain|describe|share|talk|give|introduce|elaborate|walk)\b"
    r"|\btell (?:me|us|our (?:listeners|readers))\b|\bbienvenue\b|\bwillkommen\b|\bbienvenid[oa]s?\b|\bbenvenut[oaie]\b"
)
_GUEST = re.compile(
    r"\bthanks?(?: you)?(?: so much| very much)? for (?:having|inviting|the invitation)\b"
    r"|\b(?:happy|glad|great|good|excited|pleased|honou?red|delighted|thrilled|pleasure|privilege)"
    r" to be (?:here|on|with|back)\b"
    r"|\bthat(?:'s| is) a (?:good|great|really|very|fantastic|excellent|interesting) question\b"
    r"|\bmerci de (?:m'|votre) ?(?:avoir |)invit|\bdanke fur die einladung\b|\bgracias por (?:invitarme|tenerme)\b"
)
# The name follows or stands just before: `my co-host Dan`, `hosted by Ann and Ben`, `Niki, my co-host`.
_HOST_NAMED = re.compile(r"\bco-?hosts?\b|\bhosted by\b|\b(?:my|your) fellow hosts?\b")
_GUEST_NAMED = re.compile(
    r"\b(?:my|our|today's|this week's)(?: very)?(?: special)? guests?\b|\b(?:i'm|i am|we're|we are) (?:here|joined)\b"
    r"|\bwith (?:me|us) (?:today|now|is|are)\b|\bwelcome(?: back)?\b"
    r"|\bthank(?:s| you)[^.]{0,20} for (?:joining|coming|being)\b"
)
# One of these stands in every phrase of the last pattern: most runs have none of them.
_GUEST_WORDS = ("guest", " here", " joined", "with me", "with us", "welcome", "thank")
# Characters after such a phrase in which the name has to stand; half as many before it.
_NAMED_WITHIN = 50
_NAME = re.compile(r"[^\W\d_]+")
# Characters of a run in which phrases are looked for, and at its end, questions.
_HEAD, _TAIL = 3000, 240
# Weight of a question without its sign, and of one before a last sentence: `What was it like? I always wondered.`
_UNSIGNED = 0.5
_SIGNS = " ?？؟.!,;:-–—\"'()[]*_"
# What people ask while they tell, folded and without signs.
_TAG = re.compile(
    r"right|(?:do )?you (?:know|see)(?: what i mean)?|know what i mean|(?:does )?(?:that|it) makes? sense|ok|okay|yeah"
    r"|yes|no|huh|eh|see|hm|really|sorry|what|pardon|(?:isn't|doesn't|wasn't) it|don't you|n'est-ce pas|hein|oder"
    r"|nicht(?: wahr)?|ne|verdad|vero|no es asi"
)


@dataclass(frozen=True)
class Run:
    """What one person says until somebody else speaks: the texts of one turn or of several."""

    person: int
    texts: tuple[str, ...]


@dataclass
class SpeakingStyle:
    """How one person speaks in a conversation: counts of runs, of characters, and of runs with each sign."""

    runs: int = 0
    # Number of the run with which this person begins, from 0.
    first: int = 0
    # Questions with which runs end, weighed by how plainly they ask; and the number of such runs.
    asks: float = 0.0
    asking_runs: int = 0
    characters: int = 0
    host: int = 0
    guest: int = 0
    # Number of times that somebody calls this person a host, or a guest.
    called_host: int = 0
    called_guest: int = 0

    @property
    def mean(self) -> float:
        """Mean length of a run, in characters."""
        return self.characters / max(self.runs, 1)

    @property
    def asking_share(self) -> float:
        """Share of the runs that end with a question, weighed, from 0 to 1."""
        return self.asks / max(self.runs, 1)


def speaking_styles(runs: Sequence[Run], names: Mapping[int, str], language: str | None) -> dict[int, SpeakingStyle]:
    """Describe each person's style; `names` are folded."""
    styles: dict[int, SpeakingStyle] = {}
    called: list[tuple[set[int], set[int]]] = []
    first_names = {person: words[0] for person, name in names.items() if (words := _NAME.findall(name))}
    for place, run in enumerate(runs):
        style = styles.setdefault(run.person, SpeakingStyle(first=place))
        text = fold(" ".join(run.texts))
        head = text[:_HEAD]
        style.runs += 1
        style.characters += len(text)
        asking = ends_asking(run.texts, language)
        style.asks += asking
        style.asking_runs += asking > 0
        style.host += bool(_HOST.search(head))
        style.guest += bool(_GUEST.search(text[: _HEAD // 4]))
        hosts = _named_near(_HOST_NAMED, text, first_names) if "host" in text else set()
        guests = _named_near(_GUEST_NAMED, head, first_names) if _may_name_a_guest(head) else set()
        called.append((hosts, guests - hosts - {run.person}))
    for hosts, guests in called:
        for person in hosts & styles.keys():
            styles[person].called_host += 1
        for person in guests & styles.keys():
            styles[person].called_guest += 1
    return styles


def ends_asking(texts: Sequence[str], language: str | None) -> float:
    """Weigh the question with which a run ends: 1 for one with its sign, less without, or before a last sentence."""
    tail = " ".join(texts[-_TAIL // 20 :])[-_TAIL:]
    last = [tail[start:end] for start, end in sentences(tail)][-2:]
    if not last or _TAG.fullmatch(fold(last[-1]).strip(_SIGNS)):
        return 0.0
    if asks_by_sign(last[-1]):
        return 1.0 if asks(last[-1], language) else 0.0
    if asks(last[-1], language):
        return _UNSIGNED
    return (
        _UNSIGNED
        if len(last) > 1 and asks_by_sign(last[0]) and not _TAG.fullmatch(fold(last[0]).strip(_SIGNS))
        else 0.0
    )


def _may_name_a_guest(text: str) -> bool:
    return any(word in text for word in _GUEST_WORDS)


def _named_near(phrase: re.Pattern[str], text: str, names: Mapping[int, str]) -> set[int]:
    found: set[int] = set()
    for match in phrase.finditer(text):
        near = set(_NAME.findall(text[max(0, match.start() - _NAMED_WITHIN // 2) : match.end() + _NAMED_WITHIN]))
        found |= {person for person, name in names.items() if name in near}
    return found
