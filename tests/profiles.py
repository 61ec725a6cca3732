"""How many examples property tests draw: `pytest --hypothesis-profile=few`, or `long`; else as many as they say."""

from hypothesis import settings

_USUAL = 100

settings.register_profile("few", max_examples=_USUAL // 5)
settings.register_profile("long", max_examples=_USUAL * 50)


def examples(number: int) -> int:
    """Scale a number of examples by the profile that pytest runs with."""
    return max(1, number * settings().max_examples // _USUAL)
