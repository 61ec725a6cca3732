"""Which of the candidates of a file are speakers."""

from app.transcripts.speaker_labels import speakers_among


def test_recurring_names_and_roles_are_accepted_and_prose_is_not() -> None:
    labels = ["Bob", "Alice Roe", "Note", "Bob", "Slides", "I would say this", "Bob", "Alice Roe", "https"]
    assert speakers_among(labels) == {"Bob", "Alice Roe"}


def test_rare_label_of_common_words_is_prose() -> None:
    labels = ["Jane Roe", "John Doe", "Jane Roe", "John Doe", "Digital Cameras"]
    assert "Digital Cameras" not in speakers_among(labels, words={"digital", "cameras"})


def test_speaker_who_speaks_once_is_accepted_beside_clear_speakers() -> None:
    assert "Max Moe" in speakers_among(["Jane Roe", "John Doe", "Jane Roe", "John Doe", "Max Moe"])


def test_declared_initials_are_accepted_even_once() -> None:
    labels = ["Aaron van Moe (AvM)", "JD", "AvM", "JD"]
    assert speakers_among(labels) == set(labels)


def test_known_person_is_accepted_by_first_name() -> None:
    assert speakers_among(["Stephan", "Note"], ["Stephan Roe"]) == {"Stephan"}


def test_break_is_accepted_only_beside_speakers() -> None:
    assert speakers_among(["Break"]) == set()
    assert speakers_among(["Jane", "Break", "Jane"]) == {"Jane", "Break"}


def test_two_names_that_each_stand_once_are_an_exchange() -> None:
    assert speakers_among(["Jane", "Bob"]) == {"Jane", "Bob"}
