"""A deterministic corpus of any number of questions, with lengths and topics distributed as in real interviews."""

import random
from collections.abc import Iterator

TOPICS = 200
_WORDS = [
    "".join(random.Random(seed).choices("abcdefghiklmnoprstuvw", k=2 + seed % 9)) for seed in range(4000)
]  # fmt: skip
_SEED = 7


def vocabulary() -> str:
    """A vocabulary of three levels, in TOML."""
    lines = []
    for number in range(TOPICS):
        lines.append(f"[topic-{number}]\nlabel = 'Topic {number}'")
        if number >= 10:
            lines.append(f"broader = 'topic-{number // 10 - 1 if number < 110 else number - 100}'")
    return "\n".join(lines)


def _text(source: random.Random, mean: float) -> str:
    length = max(4, int(source.expovariate(1 / mean)))
    # Words as common as in speech: the first ones make up most of it.
    return " ".join(_WORDS[min(int(source.paretovariate(0.7)) - 1, len(_WORDS) - 1)] for _ in range(length))


def interviews(questions: int, questions_each: int = 20) -> Iterator[tuple[str, str, str]]:
    """Yield (name, transcript, metadata) until there are enough questions."""
    for number in range(-(-questions // questions_each)):
        source = random.Random(_SEED * 1_000_003 + number)
        count = min(questions_each, questions - number * questions_each)
        lines, tables = [], []
        for place in range(count):
            begins = f"Item {place} {_text(source, 18)}"
            lines += [f"Q: {begins}?", f"A: {_text(source, 110)}."]
            tags = {min(int(source.paretovariate(0.6)) - 1, TOPICS - 1) for _ in range(1 + source.randrange(4))}
            quoted = ", ".join(f"'topic-{tag}'" for tag in sorted(tags))
            tables.append(f"[[questions]]\nbegins = 'Item {place} '\ntopics = [{quoted}]")
        metadata = [
            f"slug = 'interview-{number}'",
            f"title = 'Interview {source.randrange(10**6)} of {number}'",
            f"published = '{1990 + source.randrange(36)}-{1 + source.randrange(12):02}-{1 + source.randrange(28):02}'",
            f"publisher = 'Publisher {min(int(source.paretovariate(0.8)), 50)}'",
            f"series = 'Series {source.randrange(40)}'",
            f"language = '{source.choice(['en', 'en', 'en', 'fr', 'kk'])}'",
            f"[[speakers]]\nlabels = ['Q']\nname = 'Host Number{source.randrange(40)}'\nrole = 'interviewer'",
            f"[[speakers]]\nlabels = ['A']\nname = 'Guest Number{number % 1500}'\nrole = 'interviewee'",
        ]
        yield f"interview-{number}.txt", "\n".join(lines), "\n".join(metadata + tables)
