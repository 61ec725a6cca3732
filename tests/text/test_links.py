import pytest

from app.text.links import without_addresses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the [plans](https://a.example/wooden-horn) are free", "the [plans]( ) are free"),
        ('![a horn](img/wooden_(1).png "The horn")', '![a horn]( "The horn")'),
        ("[a](<with spaces>) b", "[a]( ) b"),
        ('[1]: https://a.example/horn "Horn"', '[1]: "Horn"'),
        ("see (https://a.example/wooden-horn), yes", "see ( ), yes"),
        ("www.horn.example. And", " . And"),
        ("HTTPS://A.example/x—and", " —and"),
        ("<a href='wooden-horn'>horn</a> <3", " horn <3"),
        ("<https://a.example/horn>", "< >"),
    ],
)
def test_addresses_are_blanked_and_offsets_stay(text: str, said: str) -> None:
    blanked = without_addresses(text)
    assert len(blanked) == len(text)
    assert " ".join(blanked.split()).replace("( )", "()").replace("< >", "<>") == " ".join(said.split()).replace(
        "( )", "()"
    ).replace("< >", "<>")


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "Note]: the horn", "f(x) [sic] (laughs)", "x://", "the www. thing"]
)
def test_other_signs_are_words_around_them(text: str) -> None:
    assert without_addresses(text) == text
