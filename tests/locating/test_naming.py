"""By which names people call a thing that is registered under one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.naming import ALMOST, CORE, FULL, SHORT, names_of
from gridmap.locating.writing import spelling


@pytest.mark.parametrize(
    ("name", "kind", "names"),
    [
        ("右安门街道办事处", "street",
         {"右安门街道办事处": FULL, "右安门街道": SHORT, "右安门": CORE}),
        ("卢沟桥地区办事处", "street",
         {"卢沟桥地区办事处": FULL, "卢沟桥地区": SHORT, "卢沟桥": CORE}),
        ("柳林社区居委会", "community", {"柳林社区居委会": FULL, "柳林社区": SHORT, "柳林": CORE}),
        ("柳林社区", "community", {"柳林社区": FULL, "柳林": CORE}),
        ("柳林居委会", "community", {"柳林居委会": FULL, "柳林": SHORT}),
        ("张仪村", "community", {"张仪村": FULL, "张仪": CORE}),
        ("望云小区", "estate", {"望云小区": FULL, "望云": ALMOST}),
        ("望云雅居", "estate", {"望云雅居": FULL, "望云": CORE}),
        ("望云雅居", "service", {"望云雅居": FULL}),
        ("望云雅居（南区）", "estate", {"望云雅居南区": FULL, "望云雅居": SHORT}),
        ("大院", "estate", {"大院": FULL}),
        ("新小区", "estate", {"新小区": FULL}),
        ("第一网格", "grid", {"第1网格": FULL}),
        ("５号院", "estate", {"5号院": FULL}),
        ("311", "community", {}),
        ("K", "service", {}),
        ("东", "estate", {"东": FULL}),
        ("", "estate", {}),
        ("（）", "estate", {}),
        ("GRAND AVE", "road", {"grand avenue": FULL}),
    ],
)  # fmt: skip
def test_names(name: str, kind: str, names: dict[str, float]) -> None:
    assert names_of(name, kind) == names


@given(
    st.text("望云小区社居委会街道办事处（）12a", max_size=14),
    st.sampled_from(["street", "community", "estate", "group", "road", "service"]),
)
def test_names_are_written_as_texts_are(name: str, kind: str) -> None:
    for text, trust in names_of(name, kind).items():
        assert text
        assert not text.isdecimal()
        assert spelling(text) == text or "（" in name
        assert 0 < trust <= FULL
