"""The language of a transcript that does not state one, told from its words and marked as inferred."""

import dataclasses
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from app.transcripts.transcript import Metadata, Turn

# Enough to be sure, little enough to be quick; a few words are not a language.
_SAMPLE = 4_000
_LEAST = 60
_SURE = 0.9


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@cache
def _identifier() -> _Identifier:
    # The model takes a moment to load, and most commands never need it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def with_language(metadata: Metadata, turns: Sequence[Turn]) -> Metadata:
    """Add the language of the turns where metadata states none and the words tell it clearly."""
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
