import pytest

from app.topics.confidence import Calibration, Features
from benchmarks.calibrating import Row, fit, module_of


def test_fitted_confidence_is_the_share_that_was_right() -> None:
    shares = {0.0: 0.1, 0.5: 0.3, 1.0: 0.6}
    rows = [
        Row(Features(label=label), 1.0, is_right, 1000 * (share if is_right else 1 - share))
        for label, share in shares.items()
        for is_right in (True, False)
    ]
    calibration = fit(rows)
    for label, share in shares.items():
        assert calibration.confidence(Features(label=label)) == pytest.approx(share, abs=0.03)


def test_reliability_multiplies_the_odds() -> None:
    calibration = Calibration(0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert calibration.confidence(Features()) == pytest.approx(1 / 2)
    assert calibration.confidence(Features(), 0.5) == pytest.approx(1 / 3)


def test_what_is_never_wrong_among_few_is_not_sure() -> None:
    calibration = fit([Row(Features(title=1.0), 1.0, True, 3.0), Row(Features(), 1.0, False, 3.0)])
    assert 0.5 < calibration.confidence(Features(title=1.0)) < 0.98


def test_written_module_is_python_and_says_the_same() -> None:
    calibration = Calibration(-4.0, 1.25, 0.5, 0.25, 2.0, 3.0)
    scope: dict[str, object] = {}
    exec(module_of(calibration, 3), scope)  # noqa: S102 - its own output
    assert scope["CALIBRATION"] == calibration
