"""Numbers the ids of items: each number is used once, in order, and never again."""


class IdCounter:
    """Gives out ids for one kind of item of one interview; `given` is the last number that was used."""

    def __init__(self, interview_id: str, letter: str, given: int) -> None:
        self._prefix, self.given = f"{interview_id}-{letter}", given

    def next(self) -> str:
        """Return the next id."""
        self.given += 1
        return f"{self._prefix}{self.given}"
