"""Recognizes what is published in place of a transcript: `No transcript.`, `This has not been transcribed yet.`"""

import re

from app.transcripts.transcript import Transcript, TurnKind

# What is published in place of a transcript; characters, at most.
_LONGEST_PLACEHOLDER = 120
_PLACEHOLDER = re.compile(
    r"\W{0,3}(?:there is |we have |sorry,? |an? )?(?:no (?:full |written )?(?:transcript|transcription)"
    r"(?: (?:is|was))?(?: (?:yet|available|made|found|on file|for this \w{1,20}))*"
    r"|(?:this |the )?(?:interview|recording|episode|tape|transcript|transcription)?(?: (?:has|is|was|not|been|yet))*"
    r" ?(?:not (?:yet )?(?:been )?transcribed|not (?:yet )?available|unavailable|not transcribed)"
    r"|(?:transcript|transcription) (?:is )?(?:pending|in preparation|in progress|coming soon|to follow|forthcoming)"
    r"|kein(?:e)? (?:transkript|transkription|abschrift)(?: vorhanden| verfügbar)?|nicht transkribiert"
    r"|pas de transcription(?: disponible)?|sin transcripción(?: disponible)?|nessuna trascrizione"
    r"|geen transcript)\W{0,5}",
    re.IGNORECASE,
)


def placeholder_in(transcript: Transcript) -> str | None:
    """Return what stands in place of the words, such as `No transcript.`, if there is nothing else."""
    spoken = [turn for turn in transcript.turns if turn.kind not in {TurnKind.NOTE, TurnKind.HEADING}]
    said = " ".join((spoken or transcript.turns)[0].text.split())
    return said if len(spoken) <= 1 and len(said) <= _LONGEST_PLACEHOLDER and _PLACEHOLDER.fullmatch(said) else None
