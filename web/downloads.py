"""Files of what a map shows: a layer's features on some ground, within one's rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore

from flask import Blueprint, Response, request

from gridmap.errors import BusyError, InputError, NotFoundError
from layers.extract import Extract, batches, count, geometry_type, kinds
from layers.layer import MapLayer
from web import asked
from web.display import notices
from web.holding import session, settings
from web.language import LANGUAGES, language
from web.layers import wanted
from web.packing import packed_file
from web.saving import FORMS, Form
from web.table import GEOMETRY_TYPES, Table, with_state

blueprint = Blueprint("downloads", __name__)

#: Files that are written at the same time, so that maps find a thread meanwhile.
_MOST_AT_ONCE = 2
_PIECE_BYTES = 2**16
_writing = BoundedSemaphore(_MOST_AT_ONCE)


@blueprint.get("/download/<key>.<form>")
def download(key: str, form: str) -> Response:
    """Answer a file of the features that meet a box, or of all."""
    layer = asked.layer_of(key)
    if form not in FORMS:
        message = f"There are no files of the form {form[:20]!r}: use one of {', '.join(FORMS)}."
        raise NotFoundError(message)
    asked.one_of("lang", LANGUAGES)
    extract = wanted(layer, also=("bbox", "zoom", "lang"))
    _require_few(extract, FORMS[form].max_rows)
    if not _writing.acquire(blocking=False):
        message = "Other files are being written: ask again in some seconds."
        raise BusyError(message)
    try:
        return _sent(_table(extract), FORMS[form], _file_name(layer, form))
    finally:
        _writing.release()


def _require_few(extract: Extract, most: int) -> None:
    if count(session(), extract, most) > most:
        message = (
            f"These are more than {most:,} rows of the layer {extract.layer.key}: give a smaller"
            " bbox, narrow it by the parameters of the layer, or take another form of file."
        )
        raise InputError(message)


def _table(extract: Extract) -> Table:
    """Put together what goes into the file; the state of features is among it."""
    table = Table(
        layer=extract.layer,
        fields=extract.fields,
        kinds=kinds(extract),
        geometry_type=GEOMETRY_TYPES.get(geometry_type(extract), "Unknown"),
        batches=batches(session(), extract),
        language=language(),
        time_zone=settings().time_zone,
        notice=" / ".join(notices()),
    )
    return with_state(table, extract, session()).with_notice()


def _sent(table: Table, form: Form, name: str) -> Response:
    """Write the file, and send it piece by piece; it is removed when it has been sent."""
    folder = TemporaryDirectory(prefix="gridmap-")
    try:
        path = Path(folder.name) / name
        form.write(table, path)
        is_packed = form.is_text and request.accept_encodings["gzip"] > 0
        if is_packed:
            path = packed_file(path)
        length = path.stat().st_size
    except BaseException:
        folder.cleanup()
        raise
    response = Response(_pieces(folder, path), mimetype=form.mimetype)
    response.call_on_close(folder.cleanup)  # even if not one piece is taken
    response.content_length = length
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.cache_control.private = True
    response.cache_control.no_store = True
    if form.is_text:
        response.vary.add("Accept-Encoding")
    if is_packed:
        response.content_encoding = "gzip"
    return response


def _pieces(folder: TemporaryDirectory[str], path: Path) -> Iterator[bytes]:
    with folder, path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _file_name(layer: MapLayer, form: str) -> str:
    """Name the file by the layer and the day at the site, in signs that every system takes."""
    return f"gridmap-{layer.key}-{datetime.now(settings().time_zone):%Y-%m-%d}.{form}"
