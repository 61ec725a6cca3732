"""A file as received: its bytes, and how they become characters.

Every offset in Quoth counts code points of `Source.text`, a byte order mark included. So anybody gets the same passage
from the file, with `data.decode(encoding)[start:end]` in Python or its equivalent in another language.
"""

import bisect
import codecs
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from app.errors import TranscriptError

# Bytes of a file that is read, at most.
MAX_SOURCE_BYTES = 64 * 1024 * 1024

# The mark of UTF-32 (little-endian) begins with that of UTF-16, so it has to be tried first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Source:
    """One file: its bytes, and its name with folders; the suffix is a hint at the format."""

    name: str
    data: bytes = field(repr=False)

    def __getstate__(self) -> dict[str, object]:
        # Cached values are not sent to other processes.
        return {"name": self.name, "data": self.data}

    @cached_property
    def sha256(self) -> str:
        """The lower-case hexadecimal SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        """The lower-case suffix with its dot, or an empty string."""
        return PurePath(self.name).suffix.lower()

    @cached_property
    def encoding(self) -> str:
        """The Python name of the character encoding: by byte order mark, else UTF-8."""
        for mark, encoding in _BYTE_ORDER_MARKS:
            if self.data.startswith(mark):
                return encoding
        return "utf-8"

    @cached_property
    def text(self) -> str:
        """The file as characters.

        Raises:
            TranscriptError: the bytes are not in that encoding, or there is a NUL.
        """
        try:
            text = self.data.decode(self.encoding)
        except UnicodeDecodeError as error:
            before = self.data[: error.start].decode(self.encoding, errors="replace")
            raise TranscriptError(
                self.name,
                f"byte {error.start} is not {self.encoding.upper()}; save the file as UTF-8 and try again",
                line=before.count("\n") + 1,
                column=len(before) - before.rfind("\n"),
            ) from None
        if (nul := text.find("\0")) >= 0:
            line, column = self._position(text, nul)
            raise TranscriptError(self.name, "a NUL character: this is not a text file", line, column)
        return text

    def position(self, offset: int) -> tuple[int, int]:
        """Return the (line, column) of an offset, both counted from 1; columns count code points."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def error(self, reason: str, offset: int) -> TranscriptError:
        """Return the error that refuses this file because of what is at an offset."""
        return TranscriptError(self.name, reason, *self.position(offset))

    def byte_length(self, start: int, end: int) -> int:
        """Return the number of bytes that a range of characters takes in the file."""
        if self._one_byte_each:
            return end - start
        return len(self.text[start:end].encode(self.encoding))

    @cached_property
    def _one_byte_each(self) -> bool:
        return len(self.text) == len(self.data)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find, at = self.text.find, 0
        while (at := find("\n", at) + 1) > 0:
            starts.append(at)
        return starts

    @staticmethod
    def _position(text: str, offset: int) -> tuple[int, int]:
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
