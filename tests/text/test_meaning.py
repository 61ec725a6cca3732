import importlib.util
from importlib import metadata
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.text.meaning import MINILM, MeaningModel, nearness, open_model


@pytest.fixture(scope="module")
def model() -> MeaningModel:
    opened = open_model(MINILM)
    assert opened is not None
    return opened


def test_near_meanings_are_nearer_than_shared_words(model: MeaningModel) -> None:
    texts = {
        0: "My kids leave me no time to read books.",
        1: "How do you find time to read, with three children at home?",
        2: "The ferry has no time to leave its books of accounts at home.",
    }
    near = nearness(model.vector(texts[0]), {key: model.vector(text) for key, text in texts.items()})
    assert near[0] == pytest.approx(1)
    assert near[1] > near[2] + 0.2


def test_vector_of_a_text_depends_on_nothing_else(model: MeaningModel) -> None:
    text = "Who kept the light in the winter of the flood? " * 9
    first = model.vector(text)
    model.vector("Something else.")
    again = open_model(MINILM)
    assert again is not None
    assert again.vector(text) == first
    assert again.digest == model.digest
    assert len(first) == 384


def test_text_without_words_has_a_vector(model: MeaningModel) -> None:
    assert len(model.vector("")) == 384
    assert nearness(model.vector("a"), {}) == {}


def test_model_of_a_folder_is_one_of_its_own(tmp_path: Path, model: MeaningModel) -> None:
    for file, name in zip(model._files, ("model.onnx", "tokenizer.json"), strict=True):
        (tmp_path / name).write_bytes(file.read_bytes())
    same = open_model(str(tmp_path), "*")
    assert same is not None
    assert same.vector("A harbour") == model.vector("A harbour")
    assert same.digest == model.digest
    (tmp_path / "tokenizer.json").write_bytes(model._files.tokenizer.read_bytes() + b"\n")
    other = open_model(str(tmp_path))
    assert other is not None
    assert other.digest != model.digest


def test_language_that_is_not_stated_counts_as_english() -> None:
    english, all_languages, some = open_model(MINILM), open_model(MINILM, "*"), open_model(MINILM, "de, fr")
    assert english is not None
    assert all_languages is not None
    assert some is not None
    known = [[one.knows(tag) for tag in ("en-GB", None, "fr", "zh-Hant")] for one in (english, all_languages, some)]
    assert known == [[True, True, False, False], [True] * 4, [False, False, True, False]]


def test_what_is_not_installed_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else real(name))
    with pytest.raises(SettingsError, match=r"QUOTH_SEMANTIC_MODEL: onnxruntime is not installed; run: .*semantic"):
        open_model(MINILM)
    assert open_model("") is None

    def missing(_package: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError

    monkeypatch.undo()
    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(SettingsError, match="the model is not installed; run: "):
        open_model(MINILM)


def test_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no file .*model\.onnx; name 'minilm', or a folder"):
        open_model(str(tmp_path))
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    opened = open_model(str(tmp_path))
    assert opened is not None
    with pytest.raises(SettingsError, match="cannot be read"):
        opened.vector("a")
