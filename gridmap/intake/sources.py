"""The file itself: is it there, is it whole, is it what its name says; archives are unpacked."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gridmap.errors import InputError

#: What an archive may unpack to; larger ones are taken for a zip bomb.
UNPACKED_LIMIT_BYTES = 2 << 30
MEMBERS_LIMIT = 2_000

_BLOCK_BYTES = 1 << 20
_UTF8_NAME = 0x800  # the flag of a zip member whose name is UTF-8

# How the content of each kind begins, after white space and a byte order mark.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".kml": (b"<",),
    ".zip": (b"PK\x03\x04",),
}


def require_file(path: Path) -> None:
    """
    Make sure that there is something to read.

    Raises
    ------
    InputError
        If there is nothing of that name, it is a folder (other than a file geodatabase), it may
        not be read, or it is empty.
    """
    problem = None
    try:
        if not path.exists():
            problem = f"There is no file {path}."
        elif path.is_dir():
            if path.suffix.lower() != ".gdb":
                problem = f"{path} is a folder: name the file in it."
        elif path.stat().st_size == 0:
            problem = f"{path} is empty."
        else:
            path.open("rb").close()
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}."
    if problem:
        raise InputError(problem)


def require_apart(path: Path, store_file: Path | None) -> None:
    """
    Make sure that a file is not the store itself.

    GDAL, closing the file, would drop the locks of the store's connections (POSIX locks belong to
    the process) and could take their write-ahead log away.

    Raises
    ------
    InputError
        If it is.
    """
    if store_file is not None and path.samefile(store_file):
        message = (
            f"{path} is the store itself: name the file that is to come in, or another store with "
            "--database."
        )
        raise InputError(message)


def require_kind(path: Path, kinds: tuple[str, ...]) -> None:
    """
    Make sure that the name ends as one of `kinds` and that the content begins like it.

    GDAL would guess from the content and open other things too, among them files that name
    further files or addresses on the network.

    Raises
    ------
    InputError
        If the ending is none of `kinds`, or if the content is something else.
    """
    ending = path.suffix.lower()
    if ending not in kinds:
        message = f"{path} cannot be imported here: its name ends with none of {', '.join(kinds)}."
        raise InputError(message)
    if ending == ".gdb" and not path.is_dir():
        message = f"{path} is no file geodatabase: that is a folder whose name ends in .gdb."
        raise InputError(message)
    if ending in _BEGINNINGS:
        with path.open("rb") as file:
            start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        if not start.startswith(_BEGINNINGS[ending]):
            message = f"{path} is named {ending}, but its content is something else or damaged."
            raise InputError(message)


def digest(path: Path) -> str:
    """Tell a file, or a folder with its files, by SHA-256, in hexadecimal."""
    total = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as content:
            while block := content.read(_BLOCK_BYTES):
                total.update(block)
    return total.hexdigest()


@contextmanager
def unpacked(path: Path, kinds: tuple[str, ...]) -> Iterator[Path]:
    """
    Unpack a .zip into a folder that goes afterwards, and yield the one data set in it.

    Parameters
    ----------
    path
        The archive; anything else than a .zip is yielded as it is.
    kinds
        Endings of the data sets that are looked for, such as `.shp` and `.gdb`.

    Raises
    ------
    InputError
        If the archive is damaged, encrypted or too large, has a member that lies outside of it,
        or holds none or several data sets.
    """
    if path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _extract(archive, Path(folder), path)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            message = f"{path} is damaged or cut off: it cannot be unpacked."
            raise InputError(message) from error
        found = [
            p
            for p in sorted(Path(folder).rglob("*"))
            if p.suffix.lower() in kinds and not p.name.startswith(".")  # left there by a Mac
        ]
        if len(found) != 1:
            names = ", ".join(p.name for p in found) or "none"
            message = f"{path} must hold exactly one of {', '.join(kinds)}; it holds {names}."
            raise InputError(message)
        yield found[0]


def _extract(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    size = sum(member.file_size for member in members)
    problem = None
    if size > UNPACKED_LIMIT_BYTES or len(members) > MEMBERS_LIMIT:
        problem = f"{path} would unpack to {size:,} bytes in {len(members):,} files: too much."
    elif any(member.flag_bits & 1 for member in members):
        problem = f"{path} is encrypted: unpack it first."
    for member in members:
        name = PurePosixPath(_member_name(member))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            problem = (
                f"{path} holds {str(name)!r}, which lies outside of the archive: not unpacked."
            )
    if problem:
        raise InputError(problem)
    for member in members:
        target = folder / _member_name(member)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK_BYTES)


def _member_name(member: zipfile.ZipInfo) -> str:
    """Read a name as Chinese Windows writes it, where the archive does not say UTF-8."""
    name = member.filename.replace("\\", "/")
    if member.flag_bits & _UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name
