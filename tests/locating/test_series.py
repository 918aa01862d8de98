"""Texts of a Series are located in its order and under its index."""

import pandas
import pytest
from support.town import matcher

from gridmap.locating.series import COLUMNS, locate_series


def test_series_keeps_its_index() -> None:
    texts = pandas.Series(["柳林社区", None, "无此地"], index=[7, 3, 5])
    found = locate_series(matcher(), texts, matters=pandas.Series(["道路破损", None, "占道"]))
    assert list(found.index) == [7, 3, 5]
    assert list(found.columns) == list(COLUMNS)
    assert found.loc[7, "entry"] == "unit/general/111"
    assert found.loc[7, "confidence"] > 0.5
    assert "柳林社区" in found.loc[7, "reason"]
    assert found["entry"].isna().tolist() == [False, True, True]
    assert found["lon"].isna().tolist() == [False, True, True]


def test_empty_series() -> None:
    assert locate_series(matcher(), pandas.Series([], dtype=object)).empty


def test_matters_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 matters for 2 texts"):
        locate_series(matcher(), pandas.Series(["a", "b"]), matters=pandas.Series(["c"]))
