"""Shapes of verified quotations."""

from pydantic import Field

from app.api.schemas.questions import Contributor, InterviewReference
from app.api.schemas.shape import Id, Milliseconds, Offset, Shape, TextOffset
from app.queries.quotes import CONTEXT_LENGTH
from app.quotes import MAX_MATCHES, Caution, DifferenceKind, Likeness, Meaning, Verdict


class TellingWord(Shape):
    """A word that changes what a sentence means."""

    word: str
    meaning: Meaning = Field(description="What it carries.")


class QuoteDifference(Shape):
    """Where a quotation differs from the record."""

    kind: DifferenceKind = Field(
        description="`typography`: the same word in other case, marks or letters. `replaced`, `left_out`, `added`: "
        "other words. `omitted` and `inserted`: as the quotation itself says, by an ellipsis or brackets. `moved`: in "
        "another order."
    )
    quoted: str = Field(description="What is quoted; empty for what is left out.")
    quoted_start: TextOffset
    quoted_end: TextOffset
    stands: str = Field(description="What stands in the record; empty for what is added.")
    stands_start: TextOffset
    stands_end: TextOffset
    telling: list[TellingWord] = Field(description="The words of both that change the meaning.")
    likeness: Likeness | None = Field(
        description="How alike the two are, where the difference is small: `number` is the same value in words and in "
        "digits, `slip` a letter or two, `sound` something that the record notes and nobody says. Null where words "
        "differ."
    )


class QuotePlace(Shape):
    """A part of a turn that a match is made of."""

    turn: Id
    start: int = Field(ge=0, le=2**31 - 1, description="Where it begins in the turn's text, in code points.")
    end: int = Field(ge=0, le=2**31 - 1, description="Where it ends.")
    source_start: Offset
    source_end: Offset
    start_ms: Milliseconds
    end_ms: Milliseconds


class QuoteCitation(Shape):
    """How a passage is cited."""

    permalink: str = Field(
        description="Address of the passage in its answer, its question or, for a statement, the record."
    )
    formats: str = Field(description="Where the citation is in every format.")
    revision: int = Field(ge=1, le=2**31 - 1, description="The interview's revision that was read.")
    revision_is_current: bool


class QuoteMatch(Shape):
    """A passage of the record that says a quotation, or nearly."""

    verdict: Verdict = Field(description="The verdict on the words alone.")
    as_claimed: bool | None = Field(
        description="Whether the speaker is the one who is claimed. Null where nobody is, or where the record does not "
        "tell."
    )
    speaker: Contributor | None
    interview: InterviewReference
    question_id: str | None
    answer_id: str | None
    text: str = Field(description="The passage as it stands, verbatim; turns are joined by an empty line.")
    before: str = Field(description=f"What stands before it, as far as {CONTEXT_LENGTH} characters.")
    after: str = Field(description=f"What stands after it, as far as {CONTEXT_LENGTH} characters.")
    places: list[QuotePlace]
    differences: list[QuoteDifference]
    cautions: list[Caution] = Field(
        description="What to look at although the words are right: `meaning_omitted` where a marked omission has words "
        "that change the meaning, `question_mark` where a question became a statement or the reverse; "
        "`speaker_unknown`, `speaker_unnamed` and `same_name` where the record does not tell whether the speaker is "
        "the one who is claimed; `parts_apart`, in an article, where the halves of an interrupted quotation were not "
        "said together; `sound_left_out` and `listener_left_out` where the record notes a sound between the "
        "words, or a listener puts in a word such as `Mm-hmm.`"
    )
    citation: QuoteCitation


class NearestPassage(Shape):
    """A passage that has words of a quotation and does not say it: what to look at where nothing was found."""

    words_in_common: int = Field(ge=0, le=2**31 - 1, description="Longer words of the quotation that stand in it.")
    speaker: Contributor | None
    interview: InterviewReference
    question_id: str | None
    answer_id: str | None
    text: str = Field(description="The passage as it stands, verbatim; turns are joined by an empty line.")
    before: str = Field(description=f"What stands before it, as far as {CONTEXT_LENGTH} characters.")
    after: str = Field(description=f"What stands after it, as far as {CONTEXT_LENGTH} characters.")
    places: list[QuotePlace]
    citation: QuoteCitation


class SupersededWording(Shape):
    """What the record said before it was corrected."""

    revision: int = Field(ge=1, le=2**31 - 1, description="The last revision of the interview that had it.")
    text: str = Field(description="The words as they stood.")
    permalink: str = Field(description="Their address in the record as it was.")


class VerifiedQuote(Shape):
    """The verdict on a quotation."""

    verdict: Verdict = Field(
        description="`exact`: character for character. `folded`: the same words; case, typography, white space, "
        "look-alike letters or markup differ. `elided`: the same words but for marked omissions and insertions, in "
        "order, within one answer. `altered`: words differ. `misattributed`: said, but by somebody else. `not_found`: "
        "no passage that says it, or nearly, was found."
    )
    explanation: str = Field(
        description="The verdict in plain English: what is different, and who said it, where and when."
    )
    text: str = Field(description="The quotation as it was given.")
    speaker: str | None = Field(description="Slug of the speaker to whom it is attributed.")
    web_page: str | None = Field(
        description="Where people read this verdict. Null where the claim names an interview or a topic, which the "
        "page does not ask for, and where the quotation is too long for an address."
    )
    matches: list[QuoteMatch] = Field(description=f"The passages, at most {MAX_MATCHES}, the best first.")
    nearest: NearestPassage | None = Field(
        description="Where nothing matches, the passage with most of the words in one place. It is **not** what is "
        "quoted. Null where there is a match, or no passage has enough of the words."
    )
    superseded: SupersededWording | None = Field(
        description="Where a quotation is `altered` or `not_found` by the record as it is: an earlier revision of it "
        "that has these words. They were corrected since."
    )
    is_complete: bool = Field(description="False where the words stand in more passages than were looked into.")
