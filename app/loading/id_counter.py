"""The numbers in ids: given out once, in order, and never again."""


class IdCounter:
    """Gives out the ids of one kind of item of one interview; `given` is how many there have ever been."""

    def __init__(self, interview_id: str, letter: str, given: int) -> None:
        self._prefix, self.given = f"{interview_id}-{letter}", given

    def next(self) -> str:
        """Return the next id."""
        self.given += 1
        return f"{self._prefix}{self.given}"
