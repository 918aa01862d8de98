"""Files of a hostile or a tired person."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from support.files import sidecars, square, write_layer, zipped

from gridmap.errors import InputError
from gridmap.intake import sources
from gridmap.intake.areas.layers import read_layer


def refuse(path: Path, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_layer(path, datum="wgs84")
    assert "\n" not in str(caught.value)


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    shapes = [square(0, 0), square(1, 0)]
    return write_layer(tmp_path / "grids.shp", shapes, code=["1", "2"], name=["甲网格", "乙网格"])


def test_missing_file(tmp_path: Path) -> None:
    refuse(tmp_path / "no.gpkg", "There is no file")


def test_folder(tmp_path: Path) -> None:
    refuse(tmp_path, "is a folder: name the file in it")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.kml", "a.zip"])
def test_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    refuse(tmp_path / name, "is empty")


def test_unknown_ending(tmp_path: Path) -> None:
    (tmp_path / "a.dwg").write_bytes(b"AC1032")
    refuse(tmp_path / "a.dwg", r"ends with none of \.gpkg, \.shp")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.kml", "a.zip"])
def test_wrong_ending(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7 something else altogether")
    refuse(tmp_path / name, "content is something else or damaged")


def test_virtual_file_that_names_others_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
    refuse(path, "something else")


def test_file_named_gdb(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").write_bytes(b"x")
    refuse(tmp_path / "a.gdb", "no file geodatabase")


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".kml"])
@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_truncated_file(tmp_path: Path, suffix: str, kept: float) -> None:
    path = write_layer(tmp_path / f"a{suffix}", [square(0, 0)], code=["1"], crs=4326)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    refuse(path, "damaged or cut off")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("kept", [10, -20])
def test_truncated_shapefile(shapefile: Path, suffix: str, kept: int) -> None:
    part = shapefile.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:kept])
    refuse(shapefile, "is cut off|something else or damaged")


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_missing_sidecar(shapefile: Path, suffix: str) -> None:
    shapefile.with_suffix(suffix).unlink()
    refuse(shapefile, f"grids{suffix} is missing")


def test_zipped_shapefile(shapefile: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "grids.zip", sidecars(shapefile), folder="网格数据/")
    layer = read_layer(archive)
    assert layer.fields["name"].tolist() == ["甲网格", "乙网格"]
    assert layer.geometry[1].equals(square(1, 0))


def test_zip_with_names_of_chinese_windows(shapefile: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sidecars(shapefile):
            member = zipfile.ZipInfo("x" * len("网格".encode("gb18030")) + file.suffix)
            archive.writestr(member, file.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"xxxx.", "网格".encode("gb18030") + b"."))
    assert len(read_layer(path)) == 2


def test_zip_without_or_with_two_layers(shapefile: Path, tmp_path: Path) -> None:
    nothing = zipped(tmp_path / "none.zip", [shapefile.with_suffix(".dbf")])
    refuse(nothing, "it holds none")
    second = write_layer(tmp_path / "more.shp", [square(0, 0)], code=["1"])
    both = zipped(tmp_path / "two.zip", [*sidecars(shapefile), *sidecars(second)])
    refuse(both, r"it holds grids\.shp, more\.shp")


@pytest.mark.parametrize("name", ["../../x.shp", "/etc/x.shp", "C:/x.shp", "..\\x.shp"])
def test_zip_member_outside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "inner" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    refuse(path, "lies outside of the archive")
    assert [p.name for p in tmp_path.iterdir()] == ["inner"]


def test_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "UNPACKED_LIMIT_BYTES", 1_000_000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(2_000_000))
    refuse(path, "2,000,000 bytes in 1 files: too much")


def test_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(2_000_000))
    size = (2_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1_000).to_bytes(4, "little")))
    refuse(path, "damaged or cut off")


def test_truncated_zip(shapefile: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", sidecars(shapefile))
    archive.write_bytes(archive.read_bytes()[:-100])
    refuse(archive, "damaged or cut off")


def test_encrypted_zip(shapefile: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", [shapefile])
    content = bytearray(archive.read_bytes())
    content[6] |= 1  # of the local header
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # of the directory
    archive.write_bytes(content)
    refuse(archive, "is encrypted")


def test_digest_tells_content_not_name(tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in "abc")
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    other.write_bytes(b"other")
    assert sources.digest(first) == sources.digest(second) != sources.digest(other)
    assert len(sources.digest(tmp_path)) == 64
