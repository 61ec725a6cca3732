"""Infers who interviews and who answers from how people speak, where neither labels nor metadata state it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Phrases of hosts, and of guests who are welcomed, anywhere in a folded turn. Each is said on many shows, and hardly
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
# Characters after such a phrase in which the name has to stand; half as many before it.
_NAMED_WITHIN = 50
_QUESTION_END = re.compile(r"[?？؟;][\"'”’»)\]\s*_]*$")
_NAME = re.compile(r"[^\W\d_]+")
# Turns that a person has to have to be judged.
_FEW_TURNS = 3
# Difference in score between those who ask and those who answer, at least: below it, equals talk with one another.
_CLEAR = 0.35
# Where between the lowest and the highest score the line is drawn: hosts differ more among themselves than guests.
_NEAR_GUEST = 0.4
# With more people than this a talk is a panel, and nobody is judged.
_MAX_PEOPLE = 6


@dataclass
class SpeakingStyle:
    """How one person speaks in a conversation: counts of turns, of characters, and of turns with each sign."""

    turns: int = 0
    ends_asking: int = 0
    characters: int = 0
    host: int = 0
    guest: int = 0
    # Number of times that somebody calls this person a host.
    called_host: int = 0

    @property
    def mean(self) -> float:
        """Mean length of a turn, in characters."""
        return self.characters / max(self.turns, 1)


def speaking_styles(
    texts: Sequence[str], who: Sequence[int | None], names: Mapping[int, str]
) -> dict[int, SpeakingStyle]:
    """Describe each person's style. `texts` and `names` are folded; `who` has the person of each text, or None."""
    styles: dict[int, SpeakingStyle] = {}
    for text, person in zip(texts, who, strict=True):
        if person is None:
            continue
        style = styles.setdefault(person, SpeakingStyle())
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
                if person in styles and name in near:
                    styles[person].called_host += 1
    return styles


def split_by_role(people: Mapping[int, SpeakingStyle]) -> tuple[set[int], set[int]]:
    """Return who asks and who answers; both are empty where the difference is not clear."""
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
    """Score how much a person speaks like an interviewer: asks, is brief, welcomes, is called a host."""
    asks = style.ends_asking / style.turns
    most = max(other.ends_asking / other.turns for other in people.values()) or 1.0
    longest = max(other.mean for other in people.values()) or 1.0
    brief = 1.0 - style.mean / longest
    welcome = min(style.host, 3) / 3 - min(style.guest, 2) / 2
    called = 0.6 * min(style.called_host, 1)
    return 0.5 * asks + 0.6 * asks / most + 0.5 * brief + 0.6 * welcome + called
