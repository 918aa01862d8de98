"""The house keeps its order: one-way doors, small files, nothing fetched from elsewhere."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("gridmap", "layers", "web")
PYTHON_FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
SOURCES = {".py", ".html", ".js", ".css", ".sql", ".toml"}
ASSETS = ROOT / "layers/assets"
OWN_ASSETS = ASSETS / "gridmap"
LONGEST_FILE = 450

CLOSED_DOORS = {
    "gridmap": {
        "flask",
        "flask_babel",
        "uvicorn",
        "werkzeug",
        "folium",
        "branca",
        "web",
        "layers",
    },
    "layers": {"flask", "flask_babel", "uvicorn", "werkzeug", "web"},
    "web": set(),
}

CONTENT_NETWORKS = re.compile(
    r"jsdelivr|unpkg\.com|cdnjs|cloudflare|googleapis|gstatic|bootstrapcdn|code\.jquery\.com"
    r"|maxcdn|rawgit|githack|raw\.githubusercontent|fontawesome\.com|bootcdn|staticfile",
    re.IGNORECASE,
)
# What a browser would fetch by itself; a link that a person clicks is none of it.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//"""
    r"""|<link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//|\burl\(\s*["']?(?:https?:)?//""",
    re.IGNORECASE,
)


def imported_packages(tree):
    """Top-level names of all packages that a module imports, at any depth of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def leaves_encoding_to_the_system(call):
    """Whether a call reads or writes text in whatever encoding the computer prefers."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return False
    if name in {"read_text", "write_text"}:
        return len(call.args) <= (name == "write_text")
    if isinstance(call.func, ast.Name) and name == "open":
        mode = call.args[1].value if len(call.args) > 1 else "r"
        return "b" not in mode
    return False


def own_sources():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            is_ours = path.is_relative_to(OWN_ASSETS) or not path.is_relative_to(ASSETS)
            if path.suffix in SOURCES and is_ours:
                yield path


def named(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_doors_open_one_way(room):
    through_closed_doors = [
        f"{named(path)} imports {package}"
        for path in PYTHON_FILES
        if path.is_relative_to(ROOT / room)
        for package in imported_packages(ast.parse(path.read_text(encoding="utf-8")))
        if package in CLOSED_DOORS[room]
    ]
    assert not through_closed_doors


def test_a_closed_door_is_seen_inside_a_function():
    tree = ast.parse("def draw():\n    from folium.plugins import Draw\n    import web.app\n")
    assert set(imported_packages(tree)) == {"folium", "web"}


def test_text_is_read_alike_on_every_system():
    depends_on_system = [
        f"{named(path)}:{node.lineno}"
        for path in PYTHON_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and leaves_encoding_to_the_system(node)
    ]
    assert not depends_on_system, "name the encoding: Windows would not read UTF-8"


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.write_text(text)", True),
        ("path.write_text(text, encoding='utf-8')", False),
        ("open(path)", True),
        ("open(path, 'rb')", False),
        ("archive.open(member)", False),
    ],
)
def test_a_missing_encoding_is_seen(text, left_out):
    assert leaves_encoding_to_the_system(ast.parse(text).body[0].value) is left_out


def test_files_stay_short():
    outside_tests = [*PYTHON_FILES, *(ROOT / "data").rglob("*.py"), *own_sources()]
    too_long = [
        named(path)
        for path in outside_tests
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert not too_long


def test_no_content_network_is_named():
    names = {
        named(path): found.group()
        for path in own_sources()
        if (found := CONTENT_NETWORKS.search(path.read_text(encoding="utf-8")))
    }
    assert not names


def test_nothing_is_fetched_from_elsewhere():
    fetched = {
        named(path): found.group()
        for path in own_sources()
        if (found := FETCHED.search(path.read_text(encoding="utf-8")))
    }
    assert not fetched


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://example.org/a.js">',
        "<link rel=stylesheet href=//example.org/a.css>",
        "@import url('https://example.org/a.css')",
        "background: url(https://example.org/a.png)",
    ],
)
def test_a_foreign_fetch_is_seen(text):
    assert FETCHED.search(text)


def test_a_link_for_a_person_is_no_fetch():
    assert not FETCHED.search('<a href="https://example.org/">')


def test_only_missing_real_data_skips_a_test():
    skips = re.compile(r"pytest\.skip\(|importorskip\(|mark\.(?:skip|skipif|xfail)\b")
    skipping = [
        named(path)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__) and skips.search(path.read_text(encoding="utf-8"))
    ]
    assert skipping == ["tests/conftest.py"]
