import pytest

from app.queries.telling_words import says_something, telling_terms


@pytest.mark.parametrize(
    ("text", "language", "telling"),
    [
        ("你覺得什麼時候可以呢？", "zh-Hant", []),
        ("为什么你们要在北京开一家公司？", "zh", ["北京", "京开", "家公", "公司"]),
        ("私たちはなぜ東京で会社を始めたのですか", "ja", ["東京", "会社"]),
        ("So what is it that you do?", "en", []),
        ("Why did the council sell the bridge?", "en", ["council", "sell", "bridge"]),
    ],
)
def test_words_with_which_people_speak_of_anything_tell_nothing(text: str, language: str, telling: list[str]) -> None:
    assert [word for _term, word in telling_terms(text, language)] == telling


def test_a_text_of_such_words_alone_says_nothing() -> None:
    assert not says_something("你覺得什麼時候我們可以這樣呢？因為這個是他們會想要知道的。", "zh-Hant")
    assert says_something("市議會決定拆除舊橋，居民反對重建計畫。", "zh-Hant")
