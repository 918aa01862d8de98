"""The catalogue of Chinese texts is complete and compiled."""

import io
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import web

FOLDER = Path(web.__file__).parent
CATALOGUE = FOLDER / "translations/zh/LC_MESSAGES/messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def written():
    return read_po(io.BytesIO(CATALOGUE.read_bytes()))


def texts(catalogue):
    return {message.id: message.string for message in catalogue if message.id}


def test_every_text_of_the_pages_is_translated():
    said = {found[2] for found in extract_from_dir(FOLDER, METHODS)}
    translated = texts(written())
    assert said == set(translated), "extract them anew: pybabel extract -F web/babel.cfg"
    assert [text for text, chinese in translated.items() if not chinese] == []


def test_translations_keep_what_is_filled_in():
    assert [list(message.check()) for message in written() if list(message.check())] == []


def test_compiled_catalogue_is_current():
    compiled = read_mo(io.BytesIO(CATALOGUE.with_suffix(".mo").read_bytes()))
    assert texts(compiled) == texts(written())
