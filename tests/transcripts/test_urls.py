import pytest

from app.transcripts.urls import address_on_its_own, canonical


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("https://example.org/a?fbclid=abc_1.", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=7&utm_medium=y", "https://example.org/a?id=7"),
        ("https://example.org/a?UTM_Source=x#part", "https://example.org/a#part"),
        ("HTTPS://Example.ORG/Path?Q=Kept", "https://example.org/Path?Q=Kept"),
        ("https://example.org/a?b=&c", "https://example.org/a?b=&c"),
        ("https://example.org/a?refine=1&reference=2", "https://example.org/a?refine=1&reference=2"),
        ("https://example.org/a?t=a%20b&flag&gclid=1&x=%2F", "https://example.org/a?t=a%20b&flag&x=%2F"),
        ("https://Reader:Secret@Example.org:8443/a", "https://Reader:Secret@example.org:8443/a"),
        ("https://example.org/a?q=1;2&fbclid=3", "https://example.org/a?q=1;2"),
    ],
)
def test_canonical_address_loses_what_tracks_and_nothing_else(printed: str, clean: str) -> None:
    assert canonical(printed) == clean
    assert canonical(clean) == clean


@pytest.mark.parametrize(
    "address", ["", "example.org/a", "ftp://example.org/a", "javascript:alert(1)", "https://", "http://[broken/a"]
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="write an address"):
        canonical(address)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("  <https://example.org/a>\r", "https://example.org/a"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("See https://example.org/a", None),
        ("https://example.org/a and more", None),
        ("example.org", None),
        ("", None),
    ],
)
def test_address_counts_only_when_it_is_all_that_a_line_has(line: str, address: str | None) -> None:
    assert address_on_its_own(line) == address
