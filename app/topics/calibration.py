"""How much each kind of evidence weighs in the confidence of a suggestion.

Written by `python -m benchmarks.topics FOLDER --fit > app/topics/calibration.py`, here from 39 transcripts
with tags; not edited by hand.
"""

from app.topics.confidence import Calibration

CALIBRATION = Calibration(
    bias=-4.71,
    label=1.25,
    question_vote=1.73,
    interview_vote=4.91,
    interview_label=5.36,
    title=4.12,
)
