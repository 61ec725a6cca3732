import shutil
import sys

import pytest

from app.api.observability import extras


def test_extra_is_installed_with_what_the_environment_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _name: object())
    assert extras.how_to_install("metrics").startswith(f"{sys.executable} -m pip install ")
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert extras.how_to_install("metrics").startswith(f"uv pip install --python {sys.executable} ")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "-m ensurepip && " in extras.how_to_install("metrics")
    assert "[metrics]" in extras.how_to_install("metrics")
