"""Turns the evidence for a topic into a confidence: a logistic regression over what was found."""

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a topic on a question, each from 0 to 1.

    `label` is the strength of its labels in the question and its answers, `interview_label` that in the whole
    interview, `title` whether its title has one. The votes are shares of those of similar questions and interviews.
    """

    label: float = 0.0
    question_vote: float = 0.0
    interview_vote: float = 0.0
    interview_label: float = 0.0
    title: float = 0.0


NAMES = tuple(one.name for one in fields(Features))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The weights of the features, and the bias: the logarithm of the odds where nothing was found."""

    bias: float
    label: float
    question_vote: float
    interview_vote: float
    interview_label: float
    title: float

    def confidence(self, found: Features, reliability: float = 1.0) -> float:
        """Return the chance that a topic is right.

        `reliability` is how many confirmations there are for one that its labels predict: it multiplies the odds.
        """
        odds = self.bias + math.log(reliability)
        odds += sum(getattr(self, name) * getattr(found, name) for name in NAMES)
        return 1 / (1 + math.exp(-odds))
