"""Who interviews and who answers, where neither labels nor metadata say: concluded from how people speak, and left
unknown where that is not clear. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# How a host speaks to listeners and guests, and how a guest answers a welcome. Found anywhere in a turn; folded
# text. Each is said by hosts (or guests) of any show, and hardly by the others.
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
# Names follow, or stand just before: `my co-host Dan`, `hosted by Ann and Ben`, `Niki, my co-host`.
_HOST_NAMED = re.compile(r"\bco-?hosts?\b|\bhosted by\b|\b(?:my|your) fellow hosts?\b")
_NAMED_WITHIN = 50
_QUESTION_END = re.compile(r"[?？؟;][\"'”’»)\]\s*_]*$")
_NAME = re.compile(r"[^\W\d_]+")
# A person who spoke less than this many turns shows too little to go by.
_FEW_TURNS = 3
# By how much asking people must stand out from answering people: below it, a talk is a conversation of equals.
_CLEAR = 0.35
# Hosts differ among themselves more than guests do: the line lies nearer to the guests.
_NEAR_GUEST = 0.4
_MAX_PEOPLE = 6


@dataclass
class SpeakingStyle:
    """How one person speaks in a conversation."""

    turns: int = 0
    ends_asking: int = 0
    characters: int = 0
    host: int = 0
    guest: int = 0
    # How often somebody calls this person a host.
    called_host: int = 0

    @property
    def mean(self) -> float:
        """Mean length of a turn, in characters."""
        return self.characters / max(self.turns, 1)


def speaking_styles(
    texts: Sequence[str], who: Sequence[int | None], names: Mapping[int, str]
) -> dict[int, SpeakingStyle]:
    """Describe how each person speaks; `texts` and `names` are folded, `who` is the person of each, None for nobody."""
    found: dict[int, SpeakingStyle] = {}
    for text, person in zip(texts, who, strict=True):
        if person is None:
            continue
        style = found.setdefault(person, SpeakingStyle())
        style.turns += 1
        style.characters += len(text)
        style.ends_asking += bool(_QUESTION_END.search(text[-300:]))
        style.host += bool(_HOST.search(text[:4000]))
        style.guest += bool(_GUEST.search(text[:1000]))
    first_names = {person: name.split()[0] for person, name in names.items() if name.split()}
    for text in texts:
        for match in _HOST_NAMED.finditer(text):
            near = set(_NAME.findall(text[max(0, match.start() - _NAMED_WITHIN // 2) : match.end() + _NAMED_WITHIN]))
            for person, name in first_names.items():
                if person in found and name in near:
                    found[person].called_host += 1
    return found


def asking(people: Mapping[int, SpeakingStyle]) -> tuple[set[int], set[int]]:
    """Divide people into those who ask and those who answer; both empty where the talk does not show it."""
    judged = {person: style for person, style in people.items() if style.turns >= _FEW_TURNS}
    if not 2 <= len(judged) <= _MAX_PEOPLE:
        return set(), set()
    scores = {person: _score(style, judged) for person, style in judged.items()}
    low, high = min(scores.values()), max(scores.values())
    ordered = sorted(scores.values())
    if high - low < _CLEAR or max(b - a for a, b in pairwise(ordered)) < _CLEAR:
        return set(), set()
    line = low + _NEAR_GUEST * (high - low)
    ask = {person for person, score in scores.items() if score > line}
    return ask, set(scores) - ask


def _score(style: SpeakingStyle, people: Mapping[int, SpeakingStyle]) -> float:
    """How much somebody speaks like an interviewer: asks, is brief, welcomes; the share of each among all."""
    asks = style.ends_asking / style.turns
    most = max(other.ends_asking / other.turns for other in people.values()) or 1.0
    longest = max(other.mean for other in people.values()) or 1.0
    brief = 1.0 - style.mean / longest
    welcome = min(style.host, 3) / 3 - min(style.guest, 2) / 2
    called = 0.6 * min(style.called_host, 1)
    return 0.5 * asks + 0.6 * asks / most + 0.5 * brief + 0.6 * welcome + called
