"""Infers the language of a transcript that states none, and marks it as inferred."""

import dataclasses
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from app.transcripts.transcript import Metadata, Turn

# Characters that are examined: enough to be sure, few enough to be quick.
_SAMPLE = 4_000
# Characters below which nothing is inferred.
_LEAST = 60
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
    if length < _LEAST:
        return metadata
    language, probability = _identifier().classify(" ".join(sample))
    if probability < _SURE:
        return metadata
    return dataclasses.replace(metadata, language=language, language_is_inferred=True)
