"""What a label says of its speaker: a role, a person, initials."""

import pytest

from app.transcripts.labels import (
    declared_initials,
    initials_of,
    is_name_shaped,
    is_person,
    stated_role,
)


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Q", "interviewer"),
        ("Ans", "interviewee"),
        ("Interviewee1", "interviewee"),
        ("Interviewer 2", "interviewer"),
        ("Réponse", "interviewee"),
        ("Frage", "interviewer"),
        ("Вопрос", "interviewer"),
        ("记者", "interviewer"),
        ("Moderator", "moderator"),
        ("Audience Member", "audience"),
        ("Interpreter", "interpreter"),
        ("Speaker 1", None),
        ("Jane Roe", None),
    ],
)
def test_role_stated_by_the_word(label: str, role: str | None) -> None:
    assert stated_role(label) == role


def test_sounds_and_dates_are_no_people() -> None:
    assert not any(map(is_person, ["Break", "Jingle", "Clip 2", "日期"]))
    assert is_person("Jane Roe")


def test_initials_follow_particles() -> None:
    assert {"avw", "aw"} <= initials_of("Aaron van Woe")
    assert declared_initials("Adam Roe (AR)") == ("Adam Roe", "AR")
    assert is_name_shaped('Jason "Jay" Roe')
