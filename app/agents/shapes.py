"""What tools answer: parts of what the API answers, under the same names, with long texts cut.

A model has room for so much text and no more: a list shows how a text begins, and how long it is.
"""

from typing import Annotated, Any

from pydantic import Field, model_validator

from app.api.schemas.quotes import SupersededWording, TellingWord
from app.api.schemas.search import DidYouMean, NamedInQuery
from app.api.schemas.shape import Address, Count, DisplayName, Id, Shape
from app.queries.hit_items import HitKind
from app.queries.hits import Matched, RankingKind
from app.queries.people_search import NameMatch
from app.quotes import Caution, DifferenceKind, Verdict
from app.structure.pairing import Role
from app.transcripts.transcript import TurnKind

# Characters of a text in a list.
BEGINNING = 300
# A text is cut between words, if that takes no more than this part of it away.
_WORD_PART = 0.2


def cut(text: str, length: int) -> str:
    """Return the beginning of a text, as far as a number of characters and up to the end of a word."""
    if len(text) <= length:
        return text
    space = text.rfind(" ", int(length * (1 - _WORD_PART)), length + 1)
    return text[: space if space > 0 else length]


class Excerpt(Shape):
    """A text, or its beginning."""

    text: str = Field(description="The words, verbatim; only the beginning where `length` is more. `read` has all.")
    length: Count = Field(description="Characters of the whole text.")

    @model_validator(mode="before")
    @classmethod
    def _begin(cls, item: Any) -> Any:
        if isinstance(item, dict) and "length" not in item:
            return {**item, "length": len(item["text"]), "text": cut(item["text"], BEGINNING)}
        return item


class Person(Shape):
    """A speaker."""

    slug: str = Field(description="Names the speaker in arguments.")
    display_name: DisplayName
    role: Role | None = Field(default=None, description="What the speaker does in this interview.")


class Named(Shape):
    """A topic."""

    slug: str = Field(description="Names the topic in arguments.")
    label: str


class InterviewNamed(Shape):
    """The interview that something is from."""

    slug: str = Field(description="Names the interview in arguments.")
    title: str | None
    published: str | None = Field(description="A year, a month or a day; null where the source does not say.")


class AnswerBegun(Excerpt):
    """An answer."""

    id: Id
    speaker: Person | None = Field(description="Who says it; null where that is not known.")


class QuestionBegun(Excerpt):
    """A question with how its answers begin."""

    id: Id
    address: Address
    asked_by: Person | None
    answers: list[AnswerBegun]
    topics: list[Named]


class QuestionListed(QuestionBegun):
    """A question with how its answers begin, and where it was asked."""

    interview: InterviewNamed


class Page(Shape):
    """A page of a list."""

    total: Count = Field(description="Items of the whole list, on all pages.")
    total_is_exact: bool = Field(description="False where there are more than `total`.")
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last one.")
    note: str | None = Field(default=None, description="What there is to know about an empty list.")


class Questions(Page):
    """A page of questions with answers."""

    items: list[QuestionListed]


class SnippetShown(Shape):
    """A passage that matches."""

    text: str = Field(description="The passage, verbatim.")
    turn_id: Id
    answer_id: str | None = Field(description="The answer that it stands in; null in a question.")


class AnswerNamed(Shape):
    """An answer whose text is not shown."""

    id: Id
    speaker: Person | None


class QuestionFound(Excerpt):
    """The question of a hit; what was found stands in `snippets`."""

    address: Address
    asked_by: Person | None
    answers: list[AnswerNamed]
    topics: list[Named]


class TurnFound(Excerpt):
    """A turn that belongs to no question."""

    kind: TurnKind
    speaker: Person | None


class Hit(Shape):
    """A question, or a turn that belongs to none, and where it matches."""

    kind: HitKind
    id: Id
    score: float = Field(description="From 0 to 1; higher is better.")
    answer_id: str | None = Field(description="The answer that matches best; null where none does.")
    snippets: list[SnippetShown]
    question: QuestionFound | None = Field(description="Null where the hit is a turn.")
    turn: TurnFound | None = Field(description="Null where the hit is a question.")
    interview: InterviewNamed


class Hits(Page):
    """A page of what was found, the best first."""

    items: list[Hit]
    matched: Matched = Field(
        description="`all`: hits have all words; `any`: some of them; `none`: no words were given."
    )
    ranking: RankingKind = Field(description="`bounded`: only the newest matches were ranked, the words are so common.")
    notes: list[str] = Field(description="What there is to know about how the query was taken.")
    did_you_mean: DidYouMean | None = Field(description="Words that stand nowhere, and near ones that do.")
    named: NamedInQuery
    verify: str | None = Field(description="Of `who said ...`: address of the verdict on these words.")


class TurnBegun(Excerpt):
    """A turn of the record."""

    id: Id
    kind: TurnKind
    speaker: str | None = Field(description="Slug of the speaker; null where it is not known who speaks.")
    speaker_label: str | None = Field(description="The label as printed.")
    question_id: str | None = Field(description="The question that the turn asks, or answers.")
    answer_id: str | None = Field(description="The answer that the turn belongs to.")


class Around(Shape):
    """Turns of the record around an item."""

    before: list[TurnBegun]
    after: list[TurnBegun]


class Passage(Shape):
    """A range of a text, verbatim."""

    id: Id
    text: str = Field(description="The words, verbatim; █ stands for each character that was taken out.")
    start: Count = Field(description="Where `text` begins in the whole text, in characters.")
    length: Count = Field(description="Characters of the whole text.")
    next_start: Count | None = Field(description="Give it as `start`, with this `id`, to read on; null at the end.")
    speaker: Person | None = Field(description="Who says it; null where that is not known.")


class QuestionNamed(Excerpt):
    """The question that an answer belongs to."""

    id: Id
    asked_by: Person | None


class Reading(Passage):
    """A question with its answers, an answer, or a turn."""

    kind: str = Field(description="`question`, `answer`, or what kind of turn it is.")
    address: str = Field(description="Where it is in the API.")
    revision: int = Field(description="Which version of it this is.")
    is_current: bool = Field(description="Whether this is what it says now.")
    part_of: str | None = Field(description="The question or the answer that a turn is part of.")
    question: QuestionNamed | None = Field(description="The question that an answer belongs to.")
    answers: list[Passage] = Field(description="The answers of a question.")
    topics: list[Named]
    interview: InterviewNamed
    previous_id: str | None = Field(description="What stands before it: a question, an answer or a turn, as this is.")
    next_id: str | None = Field(description="What comes after it.")
    context: Around | None = Field(description="Turns around it, where `context` asks for some.")


class TopicShown(Shape):
    """A topic."""

    slug: str = Field(description="Names the topic in arguments.")
    label: str
    definition: str | None
    broader: Named | None = Field(description="The topic above.")
    narrower: list[Named] = Field(description="The topics below, which a filter by this one includes.")
    question_count: Count = Field(description="Questions with this very topic.")
    question_count_with_narrower: Count = Field(description="Questions with this topic or one below it.")
    address: Address


class Topics(Page):
    """A page of topics."""

    items: list[TopicShown]


class RoleOften(Shape):
    """In how many interviews somebody has a role."""

    role: Role
    interview_count: Count


class SpeakerShown(Shape):
    """A person, or somebody whom the source does not name."""

    slug: str = Field(description="Names the speaker in arguments.")
    display_name: DisplayName
    name: str | None = Field(description="Null where no source gives one.")
    aliases: list[str]
    roles: list[RoleOften]
    question_count: Count = Field(description="Questions that the speaker asks.")
    answer_count: Count = Field(description="Answers that the speaker gives.")
    match: NameMatch | None = Field(description="How `q` found the speaker; null without `q`.")
    address: Address


class Speakers(Page):
    """A page of speakers."""

    items: list[SpeakerShown]


class InterviewShown(InterviewNamed):
    """An interview."""

    language: str | None
    publisher: str | None
    series: str | None
    source_url: str | None = Field(description="Where the publisher has it.")
    summary: str | None
    people: list[Person]
    question_count: Count
    answer_count: Count
    address: Address


class Interviews(Page):
    """A page of interviews."""

    items: list[InterviewShown]


class Difference(Shape):
    """Where a quotation differs from the record."""

    kind: DifferenceKind
    quoted: str = Field(description="What is quoted; empty for what is left out.")
    stands: str = Field(description="What stands in the record; empty for what is added.")
    telling: list[TellingWord] = Field(description="The words of both that change the meaning.")


class CitationPlace(Shape):
    """Where a passage is cited from."""

    permalink: str = Field(description="Address of the passage, in the revision that was read.")


class NearestShown(Shape):
    """A passage that has words of a quotation and does not say it."""

    speaker: Person | None
    interview: InterviewNamed
    question_id: str | None
    answer_id: str | None
    text: str = Field(description="The passage, verbatim.")
    before: str = Field(description="What stands before it.")
    after: str = Field(description="What stands after it.")
    citation: CitationPlace


class MatchShown(NearestShown):
    """A passage that says a quotation, or nearly."""

    verdict: Verdict = Field(description="The verdict on the words alone.")
    as_claimed: bool | None = Field(description="Whether the speaker is the one who is claimed; null where nobody is.")
    differences: list[Difference]
    cautions: list[Caution] = Field(description="What to look at although the words are right.")


class Verified(Shape):
    """The verdict on a quotation."""

    verdict: Verdict = Field(
        description="`exact` and `folded` (other typography): said in these words. `elided`: said, but for marked "
        "omissions. `altered`: other words. `misattributed`: said by somebody else. `not_found`: found nowhere."
    )
    explanation: str = Field(description="The verdict in plain words: what differs, who said it, where and when.")
    matches: list[MatchShown] = Field(description="The passages, the best first.")
    nearest: NearestShown | None = Field(description="Where nothing matches: what comes near. It is not the quotation.")
    superseded: SupersededWording | None = Field(description="A wording of before that says it; it was corrected.")
    is_complete: bool = Field(description="False where the words stand in more passages than were looked into.")


class AnswerCompared(AnswerBegun):
    """An answer with its question."""

    address: Address
    question: QuestionNamed
    interview: InterviewNamed


class AnswersCompared(Shape):
    """What one speaker answers on a topic."""

    items: list[AnswerCompared] = Field(description="Answers that say something of their own, the newest first.")
    total: Count = Field(description="All of them; list_questions has them, with `topic` and `answered_by`.")
    total_is_exact: bool = Field(description="False where there are more than `total`.")


class QuestionsCompared(Shape):
    """What one speaker asks on a topic."""

    items: list[QuestionListed] = Field(description="Questions that say something of their own, the newest first.")
    total: Count = Field(description="All of them; list_questions has them, with `topic` and `asked_by`.")
    total_is_exact: bool = Field(description="False where there are more than `total`.")


class SpeakerCompared(Shape):
    """What one speaker says on a topic."""

    slug: str
    display_name: DisplayName
    answers: AnswersCompared
    questions: QuestionsCompared


class Compared(Shape):
    """What speakers say on one topic, side by side."""

    topic: Named
    items: list[SpeakerCompared]


class Cited(Shape):
    """What it takes to cite a passage, or a whole interview."""

    id: Id
    revision: int | None = Field(description="The revision that the permalink is pinned to.")
    text: Annotated[str | None, Field(description="How the cited words begin, verbatim; null for a whole interview.")]
    start: Count | None = Field(description="Where the range begins; null where the whole is cited.")
    end: Count | None = Field(description="Where the range ends.")
    permalink: str = Field(description="Address of what is cited.")
    text_fragment: str | None = Field(description="Link to the words on the publisher's page; null without one.")
    sentence: str = Field(description="The reference in plain words.")
    reference: str | None = Field(description="The reference in the format that was asked for.")
