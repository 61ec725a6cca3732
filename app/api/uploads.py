"""Takes files that are sent, with their names and metadata, and reads them in processes of their own, few at a time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import PurePosixPath
from threading import BoundedSemaphore
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from app.api import problem_kinds
from app.api.http.guard import TakenBody
from app.api.problems import RefusedError
from app.errors import OverloadedError, ParameterError
from app.structure.files import SUFFIXES
from app.structure.manifests import MANIFEST
from app.structure.prepare import PreparedTranscript
from app.structure.reading_process import FileToRead, read_apart

FORM = "multipart/form-data"
# Characters of a file's name, at most; parts of a form, at most, and bytes of its headers.
_LONGEST_NAME, _MOST_PARTS = 255, 16
# Files that are read at the same time, at most: each takes a processor.
_MOST_READ = 2
_PIECE_BYTES = 256 * 1024
_NO_NAME = "Say what the file is called, with its ending: its format may depend on it."
_FILE, _METADATA = "file", "metadata"


@dataclass(frozen=True)
class SentFile:
    """A file that was sent: its name, its bytes, and its metadata files with their names, in their order."""

    name: str
    data: bytes
    metadata: tuple[tuple[str, bytes], ...] = ()

    @property
    def sha256(self) -> str:
        """SHA-256 of all of it, however it was sent: the boundary of a form differs each time."""
        digest = hashlib.sha256()
        for name, data in ((self.name, self.data), *self.metadata):
            for part in (name.encode(), data):
                digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()


class FileReaders:
    """Reads files in processes of their own."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free = BoundedSemaphore(_MOST_READ)

    def read(self, file: FileToRead) -> PreparedTranscript:
        """Read a file.

        Raises:
            TranscriptError, MetadataError: as in read_apart().
            OverloadedError: others are read for too long.
        """
        if not self._free.acquire(timeout=self._seconds):
            raise OverloadedError("as many files are being read as may be")
        try:
            return read_apart(file, self._seconds)
        finally:
            self._free.release()


def take_file(body: TakenBody, content_type: str, disposition: str, name: str | None) -> SentFile:
    """Take a file out of a body that has arrived: the whole body, or the part `file` of a form.

    The name is `name`, or else what Content-Disposition says.

    Raises:
        ParameterError: there is no name, or it is none; a form has no file, two, or parts that mean nothing here.
        RefusedError: the form cannot be read.
    """
    media_type, _options = parse_options_header(content_type)
    if media_type.decode("latin-1").lower() == FORM:
        return file_among(read_parts(body, content_type), name)
    given = name if name is not None else _name_in(disposition)
    if given is None:
        raise ParameterError("name", _NO_NAME)
    body.file.seek(0)
    return SentFile(_of_transcript(given), body.file.read())


@dataclass(frozen=True)
class Part:
    """A part of a form: the name of its field, that of its file if it has one, and its bytes."""

    field: str
    name: str | None
    data: bytes


def file_among(parts: Sequence[Part], name: str | None = None) -> SentFile:
    """Take the file and its metadata files out of the parts of a form, which may have no others.

    Raises:
        ParameterError: there is no name, or it is none; there is no file, or there are two, or other parts.
    """
    files = [part for part in parts if part.field == _FILE]
    for part in parts:
        if part.field not in {_FILE, _METADATA}:
            raise ParameterError(part.field[:120], "There is no such part here; there are `file` and `metadata`.")
    if len(files) != 1:
        raise ParameterError(_FILE, f"There are {len(files)} parts of this name; send one file at a time.")
    given = name if name is not None else files[0].name
    if given is None:
        raise ParameterError("name", _NO_NAME)
    metadata = [(_checked(part.name) if part.name else _METADATA, part.data) for part in parts if part not in files]
    return SentFile(_of_transcript(given), files[0].data, tuple(metadata))


def read_parts(body: TakenBody, content_type: str, most: int = _MOST_PARTS) -> list[Part]:
    """Read the parts, `most` at most, of a form (`multipart/form-data`) that has arrived whole.

    Raises:
        RefusedError: it is none, breaks off, or has too many parts.
        ParameterError: a name is not UTF-8.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise RefusedError(problem_kinds.BAD_REQUEST, "The Content-Type of the form has no boundary.")
    parts: list[Part] = []
    has_ended = False

    def take(part: Field | File) -> None:
        if len(parts) == most:
            raise FormParserError(f"it has more than {most} parts")
        field = _decoded(part.field_name or b"", _FILE)
        if isinstance(part, File):
            part.file_object.seek(0)
            parts.append(Part(field, _decoded(part.file_name or b"", field), part.file_object.read()))
            part.close()
        else:
            parts.append(Part(field, None, part.value or b""))

    def end() -> None:
        nonlocal has_ended
        has_ended = True

    parser = FormParser(FORM, take, take, end, boundary, config={"MAX_MEMORY_FILE_SIZE": body.size})
    body.file.seek(0)
    try:
        while piece := body.file.read(_PIECE_BYTES):
            parser.write(piece)
        parser.finalize()
    except FormParserError as error:
        raise RefusedError(problem_kinds.BAD_REQUEST, f"The form cannot be read: {error}.") from None
    if not has_ended:
        raise RefusedError(problem_kinds.BAD_REQUEST, "The form breaks off before its end.")
    return parts


def _name_in(disposition: str) -> str | None:
    """Return the name of a file in a Content-Disposition header (RFC 6266): the percent-encoded one, if there is."""
    message = Message()
    message["Content-Disposition"] = disposition
    # A percent-encoded value is a tuple: its type information knows only texts.
    given: list[tuple[str, Any]] = list(message.get_params([], "Content-Disposition"))
    names = [value for key, value in given if key == "filename"]
    for name in names:
        if isinstance(name, tuple):
            return collapse_rfc2231_value(name)
    # Servers hand headers on as Latin-1.
    return _decoded(names[0].encode("latin-1"), "Content-Disposition") if names else None


def _decoded(name: bytes, parameter: str) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterError(parameter, "The name is not UTF-8.") from None


def _of_transcript(name: str) -> str:
    """Return the name of a transcript as `_checked` does.

    Raises:
        ParameterError: it is none; or a file of this name would be passed over in a folder, as where it is exported.
    """
    last = _checked(name)
    if last.startswith(".") or PurePosixPath(last).suffix.lower() not in SUFFIXES or last.lower() == MANIFEST:
        raise ParameterError("name", "The name of the file has no ending of a format, such as .txt, .docx or .srt.")
    return last


def _checked(name: str) -> str:
    """Return the last part of a name, which may have come with a path.

    Raises:
        ParameterError: it is none, too long, or has characters that cannot be printed.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    if not last or last in {".", ".."}:
        raise ParameterError("name", f"{name[:120]!r} is no name of a file.")
    if len(last) > _LONGEST_NAME:
        raise ParameterError("name", f"The name of a file may have {_LONGEST_NAME} characters.")
    if not last.isprintable() or "\ufffd" in last:
        raise ParameterError("name", "The name of the file has characters that cannot be printed.")
    return last
