"""An address taken apart into street and number, whatever it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.address import split_address


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("映屿街38号", "映屿街", "38"),
        ("环海路616号", "环海路", "616"),
        ("环海路６１６號", "环海路", "616"),
        ("甲5号", None, "甲5"),
        ("5號", None, "5"),
        ("12号院", None, "12"),
        ("杜家坎44号院", None, "44"),
        ("映屿街甲38号院5号楼2单元", "映屿街", "甲38"),
        ("演示区潮甲街道望海社区泊汐路12号拂汀雅居2号楼", "泊汐路", "12"),
        ("演示市演示区开发区路12号", "开发区路", "12"),
        ("市府路7号", "市府路", "7"),
        ("长汀路339弄5号", "长汀路", "339弄"),
        ("映屿街12-3号", "映屿街", "12-3"),
        ("映屿街", "映屿街", None),
        ("拂汀雅居2号楼", None, None),
        ("地铁5号线", None, None),
        ("拂汀雅居", None, None),
        ("38", None, "38"),
        ("69-17", None, "69-17"),
        ("69-17 GRAND AVENUE", "GRAND AVENUE", "69-17"),
        ("539 ELLSWORTH AVENUE", "ELLSWORTH AVENUE", "539"),
        ("539 Ellsworth Avenue, Bronx", "Ellsworth Avenue", "539"),
        ("15 EAST 12 STREET", "EAST 12 STREET", "15"),
        ("120 5 AVENUE", "5 AVENUE", "120"),
        ("42A BROADWAY", "BROADWAY", "42A"),
        ("42 1/2 BROADWAY", "BROADWAY", "42 1/2"),
        ("69 STREET", "69 STREET", None),
        ("1ST AVENUE", "1ST AVENUE", None),
        ("", None, None),
        ("   ", None, None),
        ("!!!", None, None),
        ("号", None, None),
    ],
)
def test_street_and_number(text: str, street: str | None, number: str | None) -> None:
    assert split_address(text) == (street, number)


@given(st.text(st.characters() | st.sampled_from("甲号號街路0123456789- 院弄,楼\ud800")))
def test_any_text_has_an_answer(text: str) -> None:
    street, number = split_address(text)
    assert street is None or street.strip()
    assert number is None or any(letter.isnumeric() for letter in number)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "号",
        "1号",
        "甲",
        "路",
        "区",
        "市路",
        "1-",
        "1号楼",
        " ",
        "A ",
        "1 ",
        "12-3之",
        "(",
        "号1",
    ],
)
def test_the_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            split_address(text)
            best = min(best, time.perf_counter() - start)
        return best

    # 16 times the text: some 16 times the time, and not 256; a busy machine may take 60
    assert seconds(320_000) < 60 * seconds(20_000) + 0.01
