"""Redactions, the withdrawal and the embargo of an interview."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, Depends, Query, Request, Response

from app import loading
from app.api.database import Open
from app.api.documentation.openapi import SPARSE_ITEM
from app.api.http.access import may_see_held
from app.api.items import answer_item
from app.api.parameters.items import FieldsParameters
from app.api.parameters.single import single_keys
from app.api.parameters.values import InterviewName
from app.api.resources.held import show_held
from app.api.resources.interviews import show_interview
from app.api.routers import resource_router
from app.api.schemas.interviews import Interview
from app.api.schemas.withholding import (
    Embargo,
    NewEmbargo,
    NewRedaction,
    RedactionMade,
    Withdrawal,
    WithdrawalMade,
)
from app.api.writing import Writing, WritingRoute, may, needs, tag_of
from app.errors import NotFoundError, ParameterError
from app.models import Scope
from app.queries import held, withdrawals
from app.queries.embedding import Item
from app.queries.interviews import has_item

router = resource_router("/v1/interviews/{interview}", "interviews", WritingRoute)
# What is taken out cannot be brought back.
Redacting = Annotated[Writing, Depends(may(Scope.REDACT, existing=True))]
Holding = Annotated[Writing, Depends(may(Scope.WRITE, existing=True))]
# To release is to tell what was held back.
Releasing = Annotated[Writing, Depends(may(Scope.WRITE, beside=Scope.READ_HELD, existing=True))]


@router.post(
    "/redactions",
    response_model=RedactionMade,
    dependencies=[Depends(single_keys)],
    summary="Take words out",
)
def make_redaction(
    interview: InterviewName, request: Request, redaction: Annotated[NewRedaction, Body()], writing: Redacting
) -> Response:
    """Take words out of the record for good: a whole turn, question or answer, or words or characters of it, widened to
    whole words; or words wherever the interview has them.

    They are taken out of every past revision too, and the source files are not given out any more. A full block stands
    in place of each character. `dry_run` shows the words that would go, and where else they are.

    An interview that is held back is found for keys with `read:held`, too; `If-Match` has then the ETag of
    `/v1/held/{interview}`.
    """
    is_held = may_see_held(request)
    with writing.open() as connection:
        writing.match(tag_of(_show_state(request, connection, interview)))
        if redaction.item is not None and not _has_item(request, connection, interview, redaction.item):
            raise ParameterError("item", f"The interview has no turn, question or answer {redaction.item!r}.")
        span = None if redaction.start is None or redaction.end is None else (redaction.start, redaction.end)
        item = redaction.item or interview
        try:
            made = loading.redact(connection, item, writing.author, words=redaction.words, span=span, held=is_held)
        except ParameterError as error:
            # Here the characters are said by two names.
            name = "end" if error.parameter == "span" else error.parameter
            raise ParameterError(name, error.reason, error.suggestions) from None
        passages = [
            {
                "turn": one.turn_id,
                "start": one.start,
                "end": one.end,
                "words": one.words if writing.is_dry_run else None,
            }
            for one in made.passages
        ]
        answer = RedactionMade.model_validate(
            {
                "interview": made.slug,
                "revision": made.revision,
                "passages": passages,
                "past_wordings": made.past_wordings,
                "source_files": made.source_files,
                "also_in": made.also_in,
            }
        )
        etag = tag_of(_show_state(request, connection, made.slug))
        return writing.answer(answer, etag=etag)


@router.get(
    "/withdrawal",
    response_model=Withdrawal,
    responses=SPARSE_ITEM,
    dependencies=[Depends(needs(Scope.REDACT))],
    summary="Get the withdrawal",
)
def get_withdrawal(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get when an interview was withdrawn, and why: what its address tells everybody, to lift it."""
    with database.read() as connection:
        item = _find_withdrawal(request, connection, interview)
    return answer_item(request, item, Withdrawal, parameters)


@router.put("/withdrawal", response_model=WithdrawalMade, status_code=201, summary="Withdraw an interview")
def put_withdrawal(interview: InterviewName, request: Request, writing: Redacting) -> Response:
    """Take an interview out for good, with its files, its history and the speakers of no other interview.

    `If-Match` has the ETag of the interview. Its addresses answer from then on that it was withdrawn, when and why. Its
    files are refused until the withdrawal is lifted; then they are loaded as a new interview with new ids.

    One that is held back is found for keys with `read:held`, too, with the ETag of `/v1/held/{interview}`; if it was
    never published, nothing tells others of it.
    """
    with writing.open() as connection:
        writing.match(tag_of(_show_state(request, connection, interview)))
        gone = loading.withdraw(connection, interview, writing.author, held=may_see_held(request))
        item = _find_withdrawal(request, connection, gone.interview_id)
        with_counts = {**item, "questions": gone.questions, "answers": gone.answers, "speakers": gone.speakers}
        answer = answer_item(request, with_counts, WithdrawalMade, FieldsParameters())
        etag = tag_of(_show_withdrawal(request, connection, gone.interview_id))
        return writing.answer(answer, etag=etag, status=201, location=f"/v1/interviews/{gone.interview_id}/withdrawal")


@router.delete("/withdrawal", response_model=Withdrawal, summary="Lift the withdrawal")
def delete_withdrawal(interview: InterviewName, request: Request, writing: Redacting) -> Response:
    """Allow the files of a withdrawn interview to be loaded again, as a new interview; nothing comes back by itself.

    The answer is the withdrawal as it was.
    """
    with writing.open() as connection:
        seen = _show_withdrawal(request, connection, interview)
        writing.match(tag_of(seen))
        loading.lift_withdrawal(connection, interview, writing.author, held=may_see_held(request))
        return writing.answer(seen)


@router.get(
    "/embargo",
    response_model=Embargo,
    responses=SPARSE_ITEM,
    dependencies=[Depends(needs(Scope.READ_HELD))],
    summary="Get the embargo",
)
def get_embargo(
    interview: InterviewName, request: Request, database: Open, parameters: Annotated[FieldsParameters, Query()]
) -> Any:
    """Get until when an interview is held back, and why."""
    with database.read() as connection:
        item = held.find_embargo(connection, interview)
    return answer_item(request, item, Embargo, parameters)


@router.put(
    "/embargo",
    response_model=Embargo,
    responses={201: {"model": Embargo, "description": "It is held back from now on."}},
    dependencies=[Depends(single_keys)],
    summary="Hold an interview back",
)
def put_embargo(
    interview: InterviewName, request: Request, embargo: Annotated[NewEmbargo, Body()], writing: Holding
) -> Response:
    """Hold an interview back until a time. Its addresses answer from then on that it was taken out.

    `If-Match` has the ETag of the interview. One that is held back already is found for keys with `read:held`, to
    change the time or the reason, with the ETag of its embargo.
    """
    with writing.open() as connection:
        before = _find_embargo(request, connection, interview) if may_see_held(request) else None
        writing.match(tag_of(before or show_interview(request, connection, interview)))
        if embargo.until <= writing.author.when:
            raise ParameterError("until", "This time is over; write one that is to come.")
        loading.hold(connection, interview, embargo.until, writing.author)
        now = _show_embargo(request, connection, interview)
        if before is not None:
            return writing.answer(now)
        return writing.answer(now, status=201, location=f"/v1/interviews/{interview}/embargo")


@router.delete("/embargo", response_model=Interview, summary="Release an interview")
def delete_embargo(interview: InterviewName, request: Request, writing: Releasing) -> Response:
    """End the embargo on an interview now, and publish it. `If-Match` has the ETag of the embargo."""
    with writing.open() as connection:
        writing.match(tag_of(_show_embargo(request, connection, interview)))
        released = loading.release(connection, interview, writing.author)
        return writing.answer(show_interview(request, connection, released.interview_id))


def _show_withdrawal(request: Request, connection: sa.Connection, name: str) -> Response:
    return answer_item(request, _find_withdrawal(request, connection, name), Withdrawal, FieldsParameters())


def _find_withdrawal(request: Request, connection: sa.Connection, name: str) -> Item:
    return withdrawals.find_withdrawal(connection, name, held=may_see_held(request))


def _show_state(request: Request, connection: sa.Connection, name: str) -> Response:
    """Answer with an interview as its address does, that of one that is held back for those who may read it."""
    if _is_found_held(request, connection, name):
        return show_held(request, connection, name)
    return show_interview(request, connection, name)


def _has_item(request: Request, connection: sa.Connection, name: str, item_id: str) -> bool:
    is_held = _is_found_held(request, connection, name)
    return held.has_held_item(connection, name, item_id) if is_held else has_item(connection, name, item_id)


def _is_found_held(request: Request, connection: sa.Connection, name: str) -> bool:
    return may_see_held(request) and _find_embargo(request, connection, name) is not None


def _show_embargo(request: Request, connection: sa.Connection, name: str) -> Response:
    return answer_item(request, held.find_embargo(connection, name), Embargo, FieldsParameters())


def _find_embargo(request: Request, connection: sa.Connection, name: str) -> Response | None:
    try:
        return _show_embargo(request, connection, name)
    except NotFoundError:
        return None
