"""Shapes of search hits, related questions and comparisons."""

from typing import Annotated, ClassVar

from pydantic import Field

from app.api.schemas.lists import FacetsOfPage, PageInfo
from app.api.schemas.questions import Answer, Contributor, InterviewReference, Question, TextIn, TopicReference
from app.api.schemas.shape import (
    COLUMNS,
    Address,
    Count,
    DisplayName,
    Id,
    Milliseconds,
    Offset,
    Part,
    Parted,
    Parts,
    Position,
    Shape,
    TextHtml,
    TextOffset,
    WebPage,
)
from app.models import SpeakerFields, TopicFields
from app.queries.hit_items import MAX_HIGHLIGHTS, HitKind
from app.queries.hits import Matched, RankingKind
from app.queries.query import Mode
from app.queries.search import MAX_RANKED
from app.transcripts.transcript import TurnKind

Score = Annotated[
    float,
    Field(ge=0, le=1, description="From 0 to 1; higher is better. It is the same on every engine."),
]


class TextSpan(Shape):
    """Part of a text, in code points."""

    start: TextOffset
    end: TextOffset


class SearchHighlight(TextSpan):
    """Something found in a turn: `start` and `end` are offsets in the verbatim text of the turn."""

    turn_id: Id
    answer_id: str | None = Field(description="The answer that the turn belongs to; null in a question.")
    text_start: int = Field(
        ge=0, le=2**31 - 1, description="The same place in the `text` of the whole question, answer or turn."
    )
    text_end: int = Field(ge=0, le=2**31 - 1)


class Snippet(TextSpan):
    """A passage of a turn that shows what is found: `start` and `end` are offsets in the turn's verbatim text."""

    parts: ClassVar[Parts] = {"highlights": Part.HIGHLIGHTS}

    turn_id: Id
    answer_id: str | None = Field(description="The answer that the turn belongs to; null in a question.")
    text: str = Field(description="The passage, verbatim.")
    html: str = Field(description="The same as HTML: escaped, with what is found in `mark` elements.")
    highlights: list[TextSpan] = Field(description="What is found, as offsets in the turn's verbatim text.")


class FreeTurn(Shape):
    """A turn of the record that belongs to no question, such as a statement on a panel."""

    parts: ClassVar[Parts] = {
        **dict.fromkeys(("source_start", "source_end", "start_ms", "end_ms"), Part.TURNS),
        "text_html": Part.TEXT_HTML,
    }

    id: Id
    position: Position
    kind: TurnKind
    text: str = Field(description="The words, verbatim.")
    text_format: TextIn
    text_html: TextHtml
    source_start: Offset
    source_end: Offset
    start_ms: Milliseconds
    end_ms: Milliseconds
    speaker: Contributor | None


class SearchHit(Shape):
    """A question, or a turn that belongs to none, and where it matches."""

    parts: ClassVar[Parts] = {"highlights": Part.HIGHLIGHTS, "title_highlights": Part.HIGHLIGHTS}
    columns: ClassVar[tuple[str, ...]] = (
        "kind",
        "id",
        "question.text",
        "question.answers.text",
        "question.answers.speaker.display_name",
        "turn.text",
        "turn.speaker.display_name",
        "snippets.text",
        "interview.slug",
        "interview.title",
    )

    kind: HitKind
    id: Id
    score: Score
    question: Question | None = Field(description="Null where the hit is a turn.")
    turn: FreeTurn | None = Field(description="Null where the hit is a question.")
    answer_id: str | None = Field(description="The answer that matches best; null where none does.")
    snippets: list[Snippet] = Field(description="The best passages, in the order in which they were said.")
    highlights: list[SearchHighlight] = Field(description=f"Everything found, up to {MAX_HIGHLIGHTS} places.")
    title_highlights: list[TextSpan] = Field(description="What is found in the title of the interview.")
    interview: InterviewReference


class ReadQuery(Shape):
    """How a query was read."""

    text: str = Field(description="The query as it was given.")
    searched: str = Field(description="The query as it was searched for: with words that stand nowhere replaced.")
    mode: Mode
    words: list[str] = Field(description="The words and phrases that are searched for, folded.")
    excluded: list[str] = Field(description="Those that hits must not have.")


class CorrectedWord(Shape):
    """A word that may be a slip, and what the corpus has in its place."""

    word: str
    suggestion: str = Field(description="The most common of the nearest words.")
    suggestions: list[str] = Field(description="All words that are equally near, the most common first.")
    replaced: bool = Field(
        description="Whether these were searched for in place of the word, because it stands nowhere; otherwise they "
        "are only suggested."
    )


class DidYouMean(Shape):
    """What may have been meant."""

    query: str = Field(description="The query with each such word replaced.")
    words: list[CorrectedWord]
    as_written: str | None = Field(
        description="Address of the search for the words as they were written; null where no word was replaced."
    )


class NamedPerson(Parted, SpeakerFields):
    """Somebody whose name stands in a query."""

    model_config = COLUMNS

    display_name: DisplayName
    address: Address
    web_page: WebPage


class NamedTopic(Parted, TopicFields):
    """A topic whose label stands in a query."""

    model_config = COLUMNS

    address: Address
    web_page: WebPage


class NamedInterview(Shape):
    """An interview whose title has the words of a query."""

    slug: str
    title: str
    published: str | None = Field(description="Publication date as far as it is known.")
    address: Address
    web_page: WebPage


class NamedInQuery(Shape):
    """What a query names, beside its hits."""

    people: list[NamedPerson] = Field(
        description="People whose names stand in the query, those with the most answers first. What they say counts as "
        "having these words."
    )
    topics: list[NamedTopic]
    interviews: list[NamedInterview] = Field(description="The newest first.")


class SearchPage(Shape):
    """A page of hits, the best first."""

    items: list[SearchHit]
    page: PageInfo
    facets: FacetsOfPage
    query: ReadQuery
    matched: Matched = Field(
        description="`all`: hits have all words; `any`: they have some of them, those with all first; `none`: there "
        "was nothing to search for."
    )
    ranking: RankingKind = Field(
        description="`exact`: all that matches was ranked; `bounded`: the words are so common that at most the newest "
        f"{MAX_RANKED:,} matches were, and no others are shown."
    )
    notes: list[str] = Field(description="What there is to know about how the query was taken.")
    did_you_mean: DidYouMean | None
    named: NamedInQuery
    verify: str | None = Field(
        description="Of `who said ...`: address of the verdict on these words as a quotation; otherwise null."
    )


class RelatedQuestion(Shape):
    """A question near another one."""

    columns: ClassVar[tuple[str, ...]] = (
        "score",
        "shared_terms",
        *(f"question.{name}" for name in Question.columns[:8]),
    )

    score: Score
    shared_terms: list[str] = Field(
        description="Words that both have and that tell what they are about, as the other one has them; best first."
    )
    question: Question


class RelatedPage(Shape):
    """A page of questions near one, the nearest first."""

    items: list[RelatedQuestion]
    page: PageInfo


_LOWER_BOUND = "False where `total` is a lower bound."
_OTHERS = "Address of the page of the list that has those that are not shown; null if there are none."


class ComparedAnswers(Shape):
    """What one speaker answers on a topic."""

    items: list[Answer] = Field(description="Answers that say something of their own, the newest first.")
    total: Count = Field(description="All answers that the speaker gives on the topic.")
    total_is_exact: bool = Field(description=_LOWER_BOUND)
    next: str | None = Field(description=_OTHERS)


class ComparedQuestions(Shape):
    """What one speaker asks on a topic."""

    items: list[Question] = Field(description="Questions that say something of their own, the newest first.")
    total: Count = Field(description="All questions that the speaker asks on the topic.")
    total_is_exact: bool = Field(description=_LOWER_BOUND)
    next: str | None = Field(description=_OTHERS)


class ComparedSpeaker(Parted, SpeakerFields):
    """What one speaker says on a topic."""

    model_config = COLUMNS

    display_name: DisplayName
    answers: ComparedAnswers
    questions: ComparedQuestions


class Comparison(Shape):
    """What speakers say on one topic, side by side."""

    topic: TopicReference
    items: list[ComparedSpeaker]
