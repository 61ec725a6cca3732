"""Infers the language of a transcript that states none, and marks it as inferred."""

import dataclasses
import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from app.transcripts.transcript import Metadata, Turn

# Characters that are examined: enough to be sure, few enough to be quick.
_SAMPLE = 4_000
# Characters below which nothing is inferred.
_LEAST = 60
# Scripts that tell the language of a text. Kana come before the Han of Japanese.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("th", re.compile(r"[\u0e01-\u0e5b]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0531-\u058f]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
)
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# Letters of a script that say so, and their share of all letters, at least.
_FEWEST_LETTERS, _MOSTLY = 8, 0.6
# Share of kana in Japanese, at least: Chinese may quote a word of it.
_KANA = 0.1
# Probability below which nothing is inferred.
_SURE = 0.9


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@cache
def _identifier() -> _Identifier:
    # The model is slow to load, and most commands do not need it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def _by_script(text: str) -> str | None:
    """Return the language of a text in a script of its own, however short it is."""
    letters = sum(map(str.isalpha, text))
    east = len(_EAST.findall(text))
    for language, script in _SCRIPTS:
        count = len(script.findall(text))
        if language == "ja":
            count = east if count >= _KANA * max(east, 1) else 0
        if count >= max(_FEWEST_LETTERS, _MOSTLY * letters):
            return language
    return None


def with_language(metadata: Metadata, turns: Sequence[Turn]) -> Metadata:
    """Return the metadata with the language of the turns, if it states none and their words leave no doubt."""
    if metadata.language is not None:
        return metadata
    sample, length = [], 0
    for turn in turns:
        sample.append(turn.text[: _SAMPLE - length])
        length += len(sample[-1])
        if length >= _SAMPLE:
            break
    text = " ".join(sample)
    language = _by_script(text)
    if language is None:
        if length < _LEAST:
            return metadata
        language, probability = _identifier().classify(text)
        if probability < _SURE:
            return metadata
    return dataclasses.replace(metadata, language=language, language_is_inferred=True)
