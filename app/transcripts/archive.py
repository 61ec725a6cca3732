"""Opens ZIP archives of documents, such as Word and OpenDocument.

The directory of the archive is checked before anything is inflated, and nothing is written to disk.
"""

import struct
import zipfile
import zlib
from collections import Counter
from io import BytesIO

from app.errors import TranscriptError
from app.transcripts import xml
from app.transcripts.source import MAX_SOURCE_BYTES, Source
from app.transcripts.xml import Element

MAX_MEMBERS = 4_000
MAX_INFLATED_BYTES = 256 * 1024 * 1024
# Inflated bytes for each byte of the archive: Word's XML has some 10, a ZIP bomb far more.
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 4 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_RECORD = struct.Struct("<4s4H2LH")
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024


class Archive:
    """The archive of a document. A member is inflated only when it is read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        if source.data.startswith(OLE):
            raise self.error("this is an old or password-protected Word file; save it as .docx without a password")
        self._check_end_record()
        try:
            self._archive = zipfile.ZipFile(BytesIO(source.data))
            members = self._archive.infolist()
        # zipfile raises each of these for a damaged archive: wrong marks, sizes, offsets, flags, methods and dates.
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError, OverflowError):
            raise self.error("this is not a readable ZIP archive") from None
        self._check(members)
        self._members = {member.filename: member for member in members}

    def error(self, reason: str) -> TranscriptError:
        """Make the error that refuses this archive."""
        return TranscriptError(self._source.name, reason)

    def _check_end_record(self) -> None:
        """Refuse a directory that is too long, before zipfile reads it."""
        data = self._source.data
        at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
        if at < 0 or len(data) - at < _END_RECORD.size:
            raise self.error("this is not a readable ZIP archive")
        members, size = _END_RECORD.unpack_from(data, at)[4:6]
        if members > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES or data[at - 20 : at - 16] == b"PK\x06\x07":
            raise self.error(f"the archive has more than {MAX_MEMBERS} members")

    def _check(self, members: list[zipfile.ZipInfo]) -> None:
        if len(members) > MAX_MEMBERS:
            raise self.error(f"the archive has more than {MAX_MEMBERS} members")
        inflated = sum(member.file_size for member in members)
        if inflated > MAX_INFLATED_BYTES:
            raise self.error(f"the archive would inflate to {inflated} bytes")
        if inflated > _RATIO_COUNTS_FROM and inflated > MAX_RATIO * len(self._source.data):
            raise self.error(f"the archive would inflate to more than {MAX_RATIO} times its size")
        names = Counter(member.filename for member in members)
        if names and max(names.values()) > 1:
            raise self.error("two members of the archive have the same name")

    def read(self, name: str) -> Element | None:
        """Inflate and parse the member of this name; None if there is none.

        Raises:
            TranscriptError: the member is encrypted, broken or too large, or its XML is refused.
        """
        member = self._members.get(name)
        if member is None:
            return None
        if member.flag_bits & 1:
            raise self.error("the document is encrypted; save it without a password")
        if member.file_size > MAX_SOURCE_BYTES:
            raise self.error(f"{name} would inflate to {member.file_size} bytes")
        try:
            with self._archive.open(member) as stream:
                data = stream.read(MAX_SOURCE_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, struct.error):
            raise self.error(f"{name} cannot be inflated") from None
        return xml.parse(Source(f"{self._source.name}/{name}", data)).root
