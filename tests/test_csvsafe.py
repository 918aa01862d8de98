"""No cell that we write is taken for a formula."""

import pytest

from gridmap.csvsafe import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        "＝1+1",
        "-",
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "12.5", "-12.5", "+8613800000000", "-1e-5", "中山路=3号", "'=1"]
)
def test_numbers_and_plain_text_stay(text):
    assert safe_cell(text) == text


def test_other_values_are_written_as_text():
    assert [safe_cell(value) for value in (None, 3, -2.5, True)] == ["", "3", "-2.5", "True"]
