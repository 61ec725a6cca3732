"""The shapes of answers. Every key is always there; what a source does not state is null."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel._compat import SQLModelConfig

from app.citations import Noun
from app.differences import Edit
from app.models import ChangeAction, InterviewFields, SpeakerFields, TopicFields, TopicOrigin, TopicState
from app.pairing import Attribution, Role
from app.queries.facets import MAX_FACET_VALUES, FacetName
from app.queries.hits import MAX_HIGHLIGHTS, HitKind, Matched, RankingKind
from app.queries.query import Mode
from app.queries.quotes import CONTEXT_LENGTH
from app.queries.search import MAX_RANKED
from app.quotes import MAX_MATCHES, Caution, DifferenceKind, Meaning, Verdict
from app.replicas import Condition
from app.topics.concepts import LabelKind, Method
from app.topics.evidence import EvidenceKind
from app.transcripts.transcript import ByteClass, TurnKind

SPARSE_MEDIA_TYPE = "application/vnd.quoth.sparse+json"

# Serialized keys are always present, so the description of an answer says so.
_SHAPE = ConfigDict(json_schema_serialization_defaults_required=True)
# The same for shapes that take over a table's public columns.
_COLUMNS = SQLModelConfig(json_schema_serialization_defaults_required=True)

Id = Annotated[str, Field(description="Stable id; it survives corrections.", max_length=40)]
Text = Annotated[str, Field(description="The words, verbatim; turns are joined by an empty line.")]
Offset = Annotated[int, Field(ge=0, le=2**31 - 1, description="Offset in the source file, in code points.")]
Milliseconds = Annotated[
    int | None, Field(ge=0, le=2**31 - 1, description="Time from the start of the recording, in milliseconds.")
]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


def _in_order(counts: dict[ByteClass, int]) -> dict[ByteClass, int]:
    """The engines keep the keys of what is stored as JSON in orders of their own."""
    return {kind: counts[kind] for kind in ByteClass if kind in counts}


CitationAddress = Annotated[str, Field(description="Address of what it takes to cite this.")]
Position = Annotated[int, Field(ge=1, le=2**31 - 1, description="Place in order, from 1.")]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1, description="Counts the versions of its own words and structure.")]
IsCurrent = Annotated[bool, Field(description="Whether this is what it says now, and not a revision of before.")]
SupersededBy = Annotated[
    int | None, Field(ge=2, le=2**31 - 1, description="The revision that came after this one; null for the last one.")
]


class Shape(BaseModel):
    """What every shape has in common."""

    model_config = _SHAPE


class TurnPlace(Shape):
    """A turn and where its words stand in the source file."""

    id: Id
    source_start: Offset
    source_end: Offset
    start_ms: Milliseconds
    end_ms: Milliseconds


class InterviewReference(InterviewFields):
    """An interview as other items carry it."""

    model_config = _COLUMNS

    id: Id


class Contributor(SpeakerFields):
    """A speaker's part in one interview."""

    model_config = _COLUMNS

    role: Role = Field(description="What the speaker does in this interview.")
    role_attribution: Attribution = Field(description="How the role is known.")
    attribution: Attribution = Field(description="How it is known who the speaker is.")
    affiliation: str | None = Field(description="Affiliation as of then, as the source states it.")
    labels: list[str] = Field(description="The speaker's labels as printed.")


class TopicReference(TopicFields):
    """A topic as other items carry it."""

    model_config = _COLUMNS


class Evidence(Shape):
    """What speaks for a topic on a question: words of a turn, a question that is like it, or a tag of the source."""

    kind: EvidenceKind = Field(description="Which of these it is; what belongs to the others is null.")
    turn_id: Id | None = Field(description="The turn in which a label of the topic stands.")
    start: Count | None = Field(description="Where in the turn's text the label starts, in code points.")
    end: Count | None = Field(description="Where it ends.")
    label: str | None = Field(description="The label that stands there.")
    question_id: Id | None = Field(description="A question that has the topic and is like this one.")
    similarity: float | None = Field(ge=0, le=1, description="How like: the cosine of their words' weights.")
    terms: list[str] | None = Field(description="The words that both have, weightiest first, in folded form.")
    tag: str | None = Field(description="What the source is tagged with.")


class AssignedTopic(TopicReference):
    """A topic on a question."""

    origin: TopicOrigin = Field(description="Where the assignment comes from.")
    state: TopicState = Field(description="Whether an editor or a reviewer has agreed to it.")
    method: Method | None = Field(description="How it was found; null for what an editor states.")
    vocabulary: str | None = Field(description="The version of the vocabulary that it was found with.")
    confidence: float | None = Field(ge=0, le=1, description="How sure it was when it was suggested.")
    evidence: list[Evidence] = Field(description="What speaks for it; empty for what an editor states.")


class Redaction(Shape):
    """Words that were taken out of a text: each of their characters is a full block (U+2588) in it."""

    start: Offset = Field(description="Where they stood in the text, in code points.")
    end: Offset = Field(description="Just past the last of them.")
    reason: str | None = Field(description="Why, as whoever took them out said.")
    redacted_at: datetime.datetime


class AnswerInQuestion(Shape):
    """An answer as its question carries it."""

    id: Id
    position: Position
    text: Text
    redactions: list[Redaction]
    turns: list[TurnPlace]
    speaker: Contributor | None
    revision: Revision


class Question(Shape):
    """A question with its answers, people, topics and interview."""

    id: Id
    position: Position
    text: Text
    redactions: list[Redaction]
    turns: list[TurnPlace]
    asked_by: Contributor | None
    answers: list[AnswerInQuestion]
    topics: list[AssignedTopic]
    interview: InterviewReference
    revision: Revision


class QuestionInAnswer(Shape):
    """A question as its answer carries it."""

    id: Id
    position: Position
    text: Text
    redactions: list[Redaction]
    turns: list[TurnPlace]
    asked_by: Contributor | None
    topics: list[AssignedTopic]
    revision: Revision


class Answer(Shape):
    """One speaker's answer to one question."""

    id: Id
    position: Position
    text: Text
    redactions: list[Redaction]
    turns: list[TurnPlace]
    speaker: Contributor | None
    question: QuestionInAnswer
    interview: InterviewReference
    revision: Revision


class QuestionNeighbour(Shape):
    """The question before or after another one in its interview."""

    id: Id
    position: Position
    text: Text


class AnswerNeighbour(Shape):
    """The answer before or after another one in its interview."""

    id: Id
    position: Position
    question_id: Id


class InterviewSummary(InterviewReference):
    """An interview in a list."""

    published_evidence: str | None = Field(description="The words of the transcript that a partial date rests on.")
    source_url_as_printed: str | None = Field(description="The address exactly as the source prints it.")
    summary: str | None
    rights: str | None = Field(description="Licence or rights statement.")
    revision: int = Field(ge=1, le=2**31 - 1, description="Counts the versions of this interview, from 1.")
    modified_at: datetime.datetime = Field(description="When this revision was stored.")
    questions: Count
    answers: Count
    contributions: list[Contributor]


class CountedTopic(TopicReference):
    """A topic and how many questions of one interview have it."""

    questions: Count


class Remark(Shape):
    """Something that reading the source forgave or noticed."""

    code: str
    message: str
    line: int = Field(ge=0, le=2**31 - 1, description="Line in the source, from 1.")
    column: int = Field(ge=0, le=2**31 - 1, description="Column in code points, from 1.")


class TranscriptFile(Shape):
    """The source file of the current revision and how it was read."""

    format: str
    encoding: str
    file_name: str
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")
    withheld: bool = Field(description="Whether the file is not given out, because there are redacted words in it.")
    bytes: Count
    bytes_by_class: Annotated[dict[ByteClass, Count], AfterValidator(_in_order)] = Field(
        description="What each byte is; the counts add up to `bytes`."
    )
    remarks: list[Remark]


class Interview(InterviewSummary):
    """One interview."""

    previous: InterviewReference | None = Field(
        description="The interview published before this one in its series, or among those without a series."
    )
    next: InterviewReference | None = Field(description="The one published after it.")
    topics: list[CountedTopic]
    transcript: TranscriptFile
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy


class Turn(Shape):
    """One turn of the record."""

    id: Id
    position: Position
    kind: TurnKind
    speaker: str | None = Field(description="Slug of the speaker.")
    speaker_label: str | None = Field(description="The label as printed.")
    text: str = Field(description="The words, verbatim.")
    redactions: list[Redaction]
    start_ms: Milliseconds
    end_ms: Milliseconds
    source_start: Offset
    source_end: Offset
    segments: list[Annotated[list[Offset], Field(min_length=4, max_length=4)]] | None = Field(
        description="Where the text is not one slice of the source: [text start, text end, source start, source end] "
        "of each run, in code points. Null where it is one slice."
    )
    question_id: str | None = Field(description="The question that the turn asks, or answers.")
    answer_id: str | None = Field(description="The answer that the turn belongs to.")


class Context(Shape):
    """Turns of the record around an item."""

    before: list[Turn]
    after: list[Turn]


_CONTEXT = "Turns around the item, as many as `context` asks for; null where it asks for none."


class QuestionCounts(Shape):
    """How much there is of a question and around it."""

    answers: Count
    turns: Count = Field(description="Turns of the question and of its answers.")
    questions_in_interview: Count


class QuestionDetail(Question):
    """A question by itself, with its neighbours and context."""

    previous: QuestionNeighbour | None = Field(description="The question before it in the interview.")
    next: QuestionNeighbour | None = Field(description="The question after it in the interview.")
    counts: QuestionCounts
    context: Context | None = Field(description=_CONTEXT)
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy


class AnswerCounts(Shape):
    """How much there is of an answer and beside it."""

    turns: Count
    answers_to_question: Count


class AnswerDetail(Answer):
    """An answer by itself, with its neighbours and context."""

    previous: AnswerNeighbour | None = Field(description="The answer before it in the interview.")
    next: AnswerNeighbour | None = Field(description="The answer after it in the interview.")
    counts: AnswerCounts
    context: Context | None = Field(description=_CONTEXT)
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy


class Record(Shape):
    """The whole record of an interview."""

    interview: InterviewReference
    revision: int = Field(ge=1, le=2**31 - 1)
    transcript: TranscriptFile
    contributions: list[Contributor]
    turns: list[Turn]


class RevisionSource(Shape):
    """The source file that a revision was made from."""

    file_name: str
    format: str
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")


class MadeRevision(Shape):
    """When, why and from what a revision was made."""

    revision: Revision
    corpus_revision: int = Field(
        ge=1, le=2**31 - 1, description="The revision of the whole corpus that brought it; these are in order of time."
    )
    made_at: datetime.datetime
    reason: str | None = Field(description="Why, as whoever loaded the file said.")
    transcript: RevisionSource
    is_current: IsCurrent
    superseded_by: SupersededBy


class ItemRevision(MadeRevision):
    """One wording of a question or an answer."""

    text: Text
    speaker: Contributor | None = Field(description="Who asked or answered, as this revision has it.")
    interview_revision: int = Field(ge=1, le=2**31 - 1, description="The first revision of the interview to have it.")
    last_interview_revision: int = Field(ge=1, le=2**31 - 1, description="The last one, as far as now.")
    replaced_by: list[str] = Field(
        description="Ids of what has its words now, if it was taken out after this revision and that is known."
    )


class ItemChange(Shape):
    """What a revision of an interview did to one question, answer or speaker."""

    noun: str
    id: Id
    action: ChangeAction
    replaced_by: list[str] = Field(description="Ids of what has the words of an item that was taken out, if known.")


class InterviewRevision(MadeRevision):
    """One revision of an interview."""

    is_kept: bool = Field(
        description="Whether the interview can be read as it was. Of revisions that are older than this, the source is "
        "there."
    )
    changes: list[ItemChange] = Field(
        description="Questions and answers that it changed; those of the first revision all came with it and are not "
        "listed. A question is changed with its answers."
    )


class ItemRevisionPage(Shape):
    """A page of the revisions of a question or an answer, the newest first."""

    items: list[ItemRevision]
    page: "PageInfo"


class InterviewRevisionPage(Shape):
    """A page of the revisions of an interview, the newest first."""

    items: list[InterviewRevision]
    page: "PageInfo"


class Wording(Shape):
    """One of two wordings."""

    revision: Revision
    text: Text
    speaker: Contributor | None = Field(description="Who asked or answered, as this revision has it.")


class WordDifference(Shape):
    """Words that differ. Offsets count code points in the `text` of the one wording and of the other."""

    edit: Edit
    start_before: Count
    end_before: Count
    start_after: Count
    end_after: Count
    text_before: str
    text_after: str


class RevisionComparison(Shape):
    """Two wordings of a question or an answer, and the words in which they differ, in order."""

    noun: Noun
    id: Id
    before: Wording
    after: Wording
    differences: list[WordDifference]


class TextQuoteSelector(Shape):
    """Selects by words, with the words around them (Web Annotation Data Model, section 4.2.4)."""

    type: Literal["TextQuoteSelector"]
    exact: str = Field(description="The characters of the range.")
    prefix: str = Field(description="Characters before them.")
    suffix: str = Field(description="Characters after them.")


class TextPositionSelector(Shape):
    """Selects by position, in code points from 0 (Web Annotation Data Model, section 4.2.5)."""

    type: Literal["TextPositionSelector"]
    start: Count
    end: Count


class TurnTarget(Shape):
    """A range of the text of one turn; both selectors select it."""

    type: Literal["SpecificResource"]
    source: str = Field(description="The record in which the turn stands; the selectors are for the turn's `text`.")
    turn_id: Id
    is_unique: bool = Field(
        description="Whether the quote with its prefix and suffix stands once in the text. Where it does not, only the "
        "position tells which one is meant."
    )
    is_verbatim: bool = Field(
        description="Whether `exact` has the very characters that are cited. A source may write some of them as "
        "escapes or entities, or have markup between them."
    )
    selector: list[TextQuoteSelector | TextPositionSelector]


class SourceTarget(TurnTarget):
    """The range of the source file that the words of one turn were read from; both selectors select it."""

    source: str = Field(
        description="The source file; the selectors are for its text: its bytes decoded, a byte order mark included, "
        "or, of a DOCX file, the text of its paragraphs."
    )
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")


class Selectors(Shape):
    """Targets of the Web Annotation Data Model: the cited range, turn by turn. Of a whole interview there are none."""

    turns: list[TurnTarget]
    source: list[SourceTarget]


class Citation(Shape):
    """What it takes to cite an item, or a range of its characters."""

    noun: Noun = Field(description="What is cited, or contains what is cited.")
    id: Id
    revision: int | None = Field(
        ge=1, le=2**31 - 1, description="The item's revision, to which the permalink is pinned."
    )
    text: str | None = Field(description="The cited words, verbatim; null for a whole interview.")
    turn: str | None = Field(description="The turn that was asked for, in whose text the range counts.")
    start: int | None = Field(
        ge=0,
        le=2**31 - 1,
        description="Where the range begins in the item's `text`, or in that of the turn that was asked for, in code "
        "points; null where the whole is cited.",
    )
    end: int | None = Field(ge=0, le=2**31 - 1, description="Where the range ends, likewise.")
    permalink: str = Field(
        description="Address of the item in this revision. A range is its fragment, `char=start,end`, after "
        "`turn=id&` where it counts in a turn."
    )
    selectors: Selectors
    text_fragment: str | None = Field(
        description="Link to the words on the publisher's page, for browsers that know text fragments; null where the "
        "source states no address. Whether the page still has the words is not looked up."
    )
    sentence: str = Field(description="The reference in plain words.")
    csl: dict[str, Any] = Field(
        description="The reference as a CSL-JSON item; variables without a value are left out, as its schema asks."
    )


class RoleCount(Shape):
    """In how many interviews a speaker has a role."""

    role: Role
    interviews: Count


class Speaker(SpeakerFields):
    """A person, or a known unknown."""

    model_config = _COLUMNS

    aliases: list[str]
    same_as: list[str] = Field(description="Addresses that identify the same person elsewhere.")
    questions: Count
    answers: Count
    roles: list[RoleCount]


class TopicLabel(Shape):
    """One label of a topic."""

    kind: LabelKind = Field(description="Shown, shown beside it, or only found by.")
    language: str | None = Field(description="Language, a BCP 47 tag; null where the vocabulary does not say.")
    text: str


class Topic(TopicReference):
    """A concept in the hierarchy."""

    definition: str | None
    alternative_labels: list[str] = Field(description="Other labels in the language of the one that is shown.")
    exact_match: list[str] = Field(description="The same concept in other vocabularies.")
    broader: TopicReference | None
    narrower: list[TopicReference]
    questions: Count = Field(description="Questions with this very topic.")
    questions_with_narrower: Count = Field(description="Questions with this topic or one below it.")
    labels: list[TopicLabel] = Field(description="Every label in every language, the one that is shown first.")
    uri: str | None = Field(description="The concept's own name in the vocabulary that it comes from.")
    notation: str | None = Field(description="Its code there.")


class PageInfo(Shape):
    """Where a page lies in its list."""

    limit: int = Field(ge=1, le=100, description="Items on a page, at most.")
    next: str | None = Field(description="Address of the next page; null on the last one.")
    previous: str | None = Field(description="Address of the page before; null on the first one.")
    total: Count = Field(description="Items in the whole list.")
    total_is_exact: bool = Field(description="False where `total` is a lower bound.")


class Change(Shape):
    """What became of an item: the newest change of it."""

    noun: str = Field(
        description="What the item is: interview, question, answer, speaker or topic. Others may be added."
    )
    id: str = Field(description="The item's id; it survives corrections.")
    action: ChangeAction = Field(description="What the newest change did to the item.")
    revision: int = Field(ge=1, le=2**31 - 1, description="The revision of the corpus that the change made.")
    modified: datetime.datetime = Field(
        description="When that was. It moves only when the item changes; the order of the feed is that of revisions."
    )
    reason: str | None = Field(description="Why, where that was said.")
    replaced_by: list[str] | None = Field(
        description="Of an item that was taken out, the ids of what had its words then; null where that is not known."
    )
    address: str | None = Field(description="Where the item is; null for one that was taken out.")
    data: dict[str, Any] | None = Field(
        description="With `data=true`, what another Quoth has to store, to be handed on as it is: its form may change "
        "with the version. Null for what comes with its interview."
    )


class ChangesInfo(Shape):
    """Where a page lies in the change feed."""

    limit: int = Field(ge=1, le=100, description="Changes on a page, at most.")
    next: str = Field(description="Address of what comes after; the same again as long as nothing does.")
    is_whole: bool = Field(description="False where the last revision of the page goes on in the next one.")
    revision: int = Field(ge=0, le=2**31 - 1, description="The newest revision of the corpus; 0 for an empty one.")


class ChangePage(Shape):
    """A page of the change feed."""

    items: list[Change]
    page: ChangesInfo


class FacetValue(Shape):
    """A value that a filter could take."""

    value: str = Field(description="The value as the filter takes it.")
    label: str | None = Field(description="The value as people read it; null for somebody whom no source names.")
    count: Count = Field(description="The total of the list once this value is added to what it is narrowed to.")
    count_is_exact: bool = Field(
        description="False where `count` is a lower bound: in a list of more rows than are counted, some are looked at."
    )


class TopicFacetValue(FacetValue):
    """A topic that the filter could take."""

    own: Count = Field(description="The same with `topic_scope=exact`: without the topics below.")
    broader: str | None = Field(description="Slug of the topic above.")


class Facets(Shape):
    """The whole list counted by what it could be narrowed to. A facet that was not asked for is null."""

    topic: list[TopicFacetValue] | None
    speaker: list[FacetValue] | None
    language: list[FacetValue] | None
    publisher: list[FacetValue] | None
    series: list[FacetValue] | None
    year: list[FacetValue] | None
    cut: list[FacetName] = Field(description=f"Facets with more than the {MAX_FACET_VALUES} values that are shown.")


FacetsOfPage = Annotated[Facets | None, Field(description="Null where none are asked for.")]


class QuestionPage(Shape):
    """A page of questions."""

    items: list[Question]
    page: PageInfo
    facets: FacetsOfPage


class AnswerPage(Shape):
    """A page of answers."""

    items: list[Answer]
    page: PageInfo
    facets: FacetsOfPage


class InterviewPage(Shape):
    """A page of interviews."""

    items: list[InterviewSummary]
    page: PageInfo
    facets: FacetsOfPage


class SpeakerPage(Shape):
    """A page of speakers."""

    items: list[Speaker]
    page: PageInfo


class TopicPage(Shape):
    """A page of topics."""

    items: list[Topic]
    page: PageInfo


class SparsePage(BaseModel):
    """A page of items with the fields that were asked for; lists that can be counted by nothing have no facets."""

    items: list[dict[str, Any]]
    page: PageInfo
    facets: FacetsOfPage = None


class ProblemError(Shape):
    """One thing wrong with a request."""

    parameter: str = Field(description="The parameter at fault.")
    detail: str
    suggestions: list[str] = Field(description="What may have been meant.")


class Problem(Shape):
    """An error, as in RFC 9457."""

    type: str = Field(description="Address of a page about this kind of problem.")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str = Field(description="The path that was asked for.")
    errors: list[ProblemError]


class GoneProblem(Problem):
    """What was at an address and has been taken out."""

    replaced_by: list[str] = Field(
        description="Ids of what has its words now, such as the question that it was merged into; empty if not known."
    )
    revisions: list[Revision] = Field(description="Revisions that can still be read, with `?revision=`.")
    reason: str | None = Field(description="Why it was taken out, if somebody said so.")
    taken_out_at: datetime.datetime | None = Field(description="When, if that is known.")


class Health(Shape):
    """Whether the server lives, or is ready."""

    status: str


class ServerHealth(Shape):
    """One database server."""

    name: Annotated[str, Field(description="`primary`, or `replica 1` and so on in the order of the setting.")]
    condition: Annotated[
        Condition,
        Field(description="`behind`: what the primary has is not all there yet; it is not read from meanwhile."),
    ]
    revision: Annotated[
        Annotated[int, Field(ge=0, le=2**31 - 1)] | None,
        Field(description="Its newest corpus revision; null while it cannot be read."),
    ]


class Readiness(Health):
    """Whether answers can be given, and the servers that they are read from."""

    servers: list[ServerHealth]


TextOffset = Annotated[int, Field(ge=0, le=2**31 - 1, description="Offset in a text, in code points.")]
Score = Annotated[float, Field(description="Higher is better; comparable within one answer only.")]


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

    turn_id: Id
    answer_id: str | None = Field(description="The answer that the turn belongs to; null in a question.")
    text: str = Field(description="The passage, verbatim.")
    html: str = Field(description="The same as HTML: escaped, with what is found in `mark` elements.")
    highlights: list[TextSpan] = Field(description="What is found, as offsets in the turn's verbatim text.")


class FreeTurn(Shape):
    """A turn of the record that belongs to no question, such as a statement on a panel."""

    id: Id
    position: Position
    kind: TurnKind
    text: str = Field(description="The words, verbatim.")
    source_start: Offset
    source_end: Offset
    start_ms: Milliseconds
    end_ms: Milliseconds
    speaker: Contributor | None


class SearchHit(Shape):
    """A question, or a turn that belongs to none, and where it matches."""

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
    mode: Mode
    words: list[str] = Field(description="The words and phrases that are searched for, folded.")
    excluded: list[str] = Field(description="Those that hits must not have.")


class CorrectedWord(Shape):
    """A word that the corpus has not, and one that it has."""

    word: str
    suggestion: str


class DidYouMean(Shape):
    """What may have been meant. The search itself was made with the words as they were given."""

    query: str = Field(description="The query with each such word replaced.")
    words: list[CorrectedWord]


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


class RelatedQuestion(Shape):
    """A question near another one."""

    score: Score
    shared_terms: list[str] = Field(description="Words that both have, as they stand in the other one; best first.")
    question: Question


class RelatedPage(Shape):
    """A page of questions near one, the nearest first."""

    items: list[RelatedQuestion]
    page: PageInfo


class ComparedSpeaker(SpeakerFields):
    """What one speaker says on a topic."""

    model_config = _COLUMNS

    answers: list[Answer]
    total: Count = Field(description="Answers that the speaker gives on the topic.")
    total_is_exact: bool = Field(description="False where `total` is a lower bound.")
    next: str | None = Field(description="Address of the list in which the speaker's answers go on.")


class Comparison(Shape):
    """What speakers say on one topic, side by side."""

    topic: TopicReference
    speakers: list[ComparedSpeaker]


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
        "the one who is claimed."
    )
    citation: QuoteCitation


class VerifiedQuote(Shape):
    """The verdict on a quotation."""

    verdict: Verdict = Field(
        description="`exact`: character for character. `folded`: the same words; case, typography, white space, "
        "look-alike letters or markup differ. `elided`: the same words but for marked omissions and insertions, in "
        "order, within one answer. `altered`: words differ. `misattributed`: said, but by somebody else. `not_found`: "
        "neither said nor nearly."
    )
    text: str = Field(description="The quotation as it was given.")
    speaker: str | None = Field(description="Slug of the speaker to whom it is attributed.")
    matches: list[QuoteMatch] = Field(description=f"The passages, at most {MAX_MATCHES}, the best first.")
    is_complete: bool = Field(description="False where the words stand in more passages than were looked into.")
