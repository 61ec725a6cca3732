"""Finds what is stated of a transcript in a manifest: a table in its folder or above it, with a row for each file."""

import csv
import io
from collections import Counter
from functools import lru_cache
from pathlib import Path, PurePosixPath

from app.errors import MetadataError
from app.structure.regular_file import read_file
from app.text.folding import slugify
from app.transcripts.sidecar import Sidecar, sidecar_of

MANIFEST = "manifest.csv"
# Folders above a file's own in which a manifest is looked for.
_LEVELS = 12
# Manifests that are kept in memory.
_KEPT = 32


def find_row(path: Path) -> tuple[Path, Sidecar] | None:
    """Return the folder of the nearest manifest that lists a file, and its row; None if none does.

    Raises:
        MetadataError: the manifest beside the file cannot be read.
    """
    absolute = path.absolute()
    for level, folder in enumerate(list(absolute.parents)[: _LEVELS + 1]):
        # As it was given, so that messages name it so.
        manifest = manifest_in(path.parent if level == 0 else folder)
        if manifest is None:
            continue
        try:
            rows = read_manifest(manifest)
        except (MetadataError, OSError):
            # A table of this name further up may be anything.
            if level == 0:
                raise
            continue
        row = rows.get(absolute.relative_to(folder).as_posix())
        if row is not None:
            return manifest.parent, row
    return None


def manifest_in(folder: Path) -> Path | None:
    """Return the manifest of a folder, whatever the case of its letters; None if there is none."""
    try:
        return _manifest_in(folder, folder.stat().st_mtime_ns)
    except OSError:
        return None


def read_manifest(path: Path) -> dict[str, Sidecar]:
    """Read a table with a column `file` and columns named like the keys of a metadata file; return rows by file.

    Raises:
        MetadataError: it is no such table.
    """
    status = path.stat()
    return _read_manifest(path, status.st_mtime_ns, status.st_size)


def slugs_listed_twice(folder: Path) -> frozenset[str]:
    """Return the slugs that the names of several files would be, which the manifest of a folder lists."""
    manifest = manifest_in(folder)
    return _slugs_twice(manifest, manifest.stat().st_mtime_ns) if manifest else frozenset()


@lru_cache(maxsize=_KEPT)
def _slugs_twice(manifest: Path, _changed_ns: int) -> frozenset[str]:
    uses = Counter(slugify(PurePosixPath(name).stem) for name in read_manifest(manifest))
    return frozenset(slug for slug, count in uses.items() if count > 1)


@lru_cache(maxsize=_KEPT)
def _manifest_in(folder: Path, _changed_ns: int) -> Path | None:
    return next((path for path in sorted(folder.iterdir()) if path.name.lower() == MANIFEST and path.is_file()), None)


@lru_cache(maxsize=_KEPT)
def _read_manifest(path: Path, _changed_ns: int, _size: int) -> dict[str, Sidecar]:
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(str(path), "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise MetadataError(str(path), "", f"line {reader.line_num}: {error}") from None
    columns = reader.fieldnames or []
    if "file" not in columns:
        raise MetadataError(str(path), "", "the first line has to name the columns, and one of them has to be 'file'")
    listed = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise MetadataError(str(path), f"line {number}", f"has more or fewer cells than the {len(columns)} columns")
        values = {name: value for name, value in row.items() if name != "file" and value}
        try:
            listed[row["file"]] = sidecar_of(str(path), values).stated_in(f"{path}, line {number}")
        except MetadataError as error:
            raise MetadataError(str(path), f"line {number}, {error.key}", error.reason) from None
    return listed
