"""How many examples property tests draw: those that they say, or with `--hypothesis-profile` few, half or long."""

from hypothesis import settings

_USUAL = 100

# No test fails on a clock. In CI, the profile of Hypothesis for that is underneath: it draws the same each time.
for _name, _number in (("few", _USUAL // 5), ("half", _USUAL // 2), ("usual", _USUAL), ("long", _USUAL * 50)):
    settings.register_profile(_name, settings(), max_examples=_number, deadline=None)
settings.load_profile("usual")


def examples(number: int) -> int:
    """Scale a number of examples by the profile that pytest runs with."""
    return max(1, number * settings().max_examples // _USUAL)
