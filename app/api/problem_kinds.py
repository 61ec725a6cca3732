"""The kinds of problems that the API answers with: each once, with what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in addresses, status, title, and what to do about it."""

    name: str
    status: int
    title: str
    advice: str


BAD_REQUEST = Kind(
    "bad-request",
    400,
    "The request cannot be read",
    "The path or the query has bytes that are not UTF-8, or a NUL character. Percent-encode text as UTF-8.",
)
INVALID_CURSOR = Kind(
    "invalid-cursor",
    400,
    "The cursor is not of this list",
    "A cursor works for the list, sort and filters that it was given out for. Follow the links in a page's `page`, "
    "or start again without a cursor.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is nothing at this address",
    "Look for the item in its list; the detail may name near ones.",
)
GONE = Kind(
    "gone",
    410,
    "What was at this address has been taken out",
    "A corrected transcript no longer has it, or it was withdrawn. Its id is given to nothing else. `replaced_by` says "
    "what has its words now, where that is known, and `revisions` what can be read with `?revision=`.",
)
NO_TIMES = Kind(
    "no-times",
    404,
    "The interview has no times",
    "Captions need to know when each turn was spoken, and the source of this interview does not say. Ask for another "
    "format.",
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    406,
    "There is no such representation",
    "The detail lists what there is. Ask for one of these in Accept, or by its name with `format=`.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "This address does not take the method", "The Allow header lists the methods that work."
)
REQUEST_TIMEOUT = Kind(
    "request-timeout", 408, "The request did not arrive in time", "Send the request, with its body, in one go."
)
PRECONDITION_FAILED = Kind(
    "precondition-failed",
    412,
    "The condition of the request does not hold",
    "If-Match or If-Unmodified-Since names a state that is not the current one. Read it again, and send the ETag that "
    "it has now.",
)
CONTENT_TOO_LARGE = Kind(
    "content-too-large",
    413,
    "The request has too large a body",
    "The detail says how long a body may be: a quotation to be verified is short, what is written may be longer, and a "
    "file as long as QUOTH_UPLOAD_BYTES says.",
)
UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "The key is missing or wrong",
    "Send a key that is in force in the header `Authorization: Bearer KEY`; the detail says what is wrong with the one "
    "that was sent. Reading what everybody may read needs none: leave the header out.",
)
FORBIDDEN = Kind(
    "forbidden",
    403,
    "The key does not allow this",
    "The detail names the scope that is needed. Whoever runs the server makes keys with `quoth keys create`.",
)
NO_KEYS = Kind(
    "no-keys",
    403,
    "Nobody has a key yet",
    "Writing over HTTP takes a key. Whoever runs the server makes one with `quoth keys create NAME --scope write`; it "
    "is printed once. Everything that can be written can also be done on the command line, without a key.",
)
TOO_MANY_ATTEMPTS = Kind(
    "too-many-attempts",
    429,
    "Too many requests had wrong keys",
    "Wait as long as the Retry-After header says before a wrong key is answered again. A right key is always taken.",
)
CONFLICT = Kind(
    "conflict",
    409,
    "It cannot be so as things stand",
    "The request contradicts what is stored; the detail says what, and what to do about it.",
)
PRECONDITION_REQUIRED = Kind(
    "precondition-required",
    428,
    "Say which state you have seen",
    "Send the `ETag` of what you have read back as `If-Match`, so that nobody's changes are lost; or `If-Match: *` for "
    "whatever there is.",
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    "The Idempotency-Key belongs to another request",
    "A key of a day stands for one request, with one body. Choose a new one for another request.",
)
INVALID_CONTENT = Kind(
    "invalid-content",
    422,
    "What was sent cannot be stored",
    "The detail says what is wrong, and where: a file that is no transcript, or something that cannot be stated.",
)
FOREIGN_ORIGIN = Kind(
    "foreign-origin",
    403,
    "Pages of this origin may not ask here",
    "Only a program, or a page of this server's own address, may call tools. Programs leave the Origin header out.",
)
MISDIRECTED = Kind(
    "misdirected-request",
    421,
    "The request is meant for another server",
    "The Host header has to name this machine, the address that is listened on, or the host of QUOTH_PUBLIC_URL: "
    "the operator of the server states there how it is reached.",
)
URI_TOO_LONG = Kind(
    "uri-too-long",
    414,
    "The address is too long",
    "Ask for less at a time: a parameter takes a comma list of at most 50 names.",
)
UNSUPPORTED_CODING = Kind(
    "unsupported-content-encoding",
    415,
    "The body of the request is compressed",
    "Bodies are taken as they are only: leave Content-Encoding out.",
)
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type",
    415,
    "Nothing is read in this format here",
    "Say in Content-Type which of the formats that the detail lists the body has.",
)
HEADERS_TOO_LARGE = Kind(
    "headers-too-large",
    431,
    "The headers are too large",
    "Leave out cookies and what else is not needed; nothing here is read from cookies.",
)
INVALID_PARAMETER = Kind(
    "invalid-parameter",
    422,
    "A parameter has a value that it cannot have",
    "`errors` names each parameter and says what it takes. Nothing is ignored and nothing is replaced by a default, so "
    "that a list is never less filtered than it looks.",
)
UNKNOWN_PARAMETER = Kind(
    "unknown-parameter",
    422,
    "There is no such parameter",
    "`errors` names the parameter, with near ones. A misspelled filter would otherwise return an unfiltered list.",
)
INTERNAL_ERROR = Kind(
    "internal-error", 500, "Something went wrong here", "The fault is ours and has been logged. Trying again may help."
)
UNAVAILABLE = Kind(
    "unavailable",
    503,
    "The database cannot be read now",
    "Wait as long as the Retry-After header says, and try again.",
)
REVISION_AWAITED = Kind(
    "revision-awaited",
    503,
    "What you have seen cannot be read here yet",
    "Quoth-Revision names a newer state of the corpus than any server has that answers now. Wait as long as the "
    "Retry-After header says, and try again; without Quoth-Revision what there is would be answered.",
)
TOO_EXPENSIVE = Kind(
    "too-expensive",
    503,
    "The answer takes too long to find",
    "The database was cut off. Narrow the list or the search, ask for fewer facets, or try again when it is less busy.",
)
TOO_MANY_REQUESTS = Kind(
    "too-many-requests",
    429,
    "Too many requests have come from here",
    "Wait as long as the Retry-After header says. RateLimit-Policy says how many are answered in how many seconds, and "
    "RateLimit how many of them are left.",
)
OVERLOADED = Kind(
    "overloaded",
    503,
    "There is too much to do now",
    "More is asked for than can be answered in good time, and nothing was spent on this. Wait as long as the "
    "Retry-After header says, and try again, with fewer requests at the same time. What is cached is answered all the "
    "while, and pages before searches, facets and whole lists.",
)
OTHER = Kind("http-error", 400, "The request was refused", "The status code says why.")

KINDS = {
    kind.name: kind
    for kind in (
        BAD_REQUEST,
        INVALID_CURSOR,
        NOT_FOUND,
        GONE,
        NO_TIMES,
        NOT_ACCEPTABLE,
        METHOD_NOT_ALLOWED,
        REQUEST_TIMEOUT,
        PRECONDITION_FAILED,
        CONTENT_TOO_LARGE,
        UNAUTHORIZED,
        FORBIDDEN,
        NO_KEYS,
        TOO_MANY_ATTEMPTS,
        CONFLICT,
        PRECONDITION_REQUIRED,
        KEY_REUSED,
        INVALID_CONTENT,
        FOREIGN_ORIGIN,
        MISDIRECTED,
        URI_TOO_LONG,
        UNSUPPORTED_CODING,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID_PARAMETER,
        UNKNOWN_PARAMETER,
        HEADERS_TOO_LARGE,
        INTERNAL_ERROR,
        UNAVAILABLE,
        REVISION_AWAITED,
        TOO_EXPENSIVE,
        TOO_MANY_REQUESTS,
        OVERLOADED,
        OTHER,
    )
}
