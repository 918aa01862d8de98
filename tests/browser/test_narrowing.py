"""A filter that leaves no ticket, one that cannot be any, and to whom a ticket goes."""

import pytest
from support.waiting import until


@pytest.mark.parametrize(("language", "said"), [("zh", "没有符合的工单"), ("en", "there is none")])
def test_filter_that_leaves_nothing_says_so(visit, language, said):
    page, watch = visit("/", language=language)
    matter = page.locator("#filter [name=matter]")
    matter.fill("没有这种事项")
    matter.press("Enter")
    until(page, f"document.querySelector('.gm-filtered')?.textContent.includes('{said}')")
    assert said in page.locator("#filter [role=status]").text_content()
    matter.fill("")
    page.locator("#filter [name=state]").select_option("all")
    until(page, f"!document.querySelector('.gm-filtered').textContent.includes('{said}')")
    page.wait_for_timeout(300)
    assert said not in page.locator(".gm-filtered").inner_text()
    assert watch.wrong == []


def test_end_before_its_beginning_is_refused(visit):
    page, watch = visit("/", language="zh")
    since, end = page.locator("#filter [name=since]"), page.locator("#filter [name=until]")
    since.fill("2026-10-05")
    page.locator(".gm-filtered").wait_for()
    end.fill("2026-10-01")
    end.dispatch_event("change")
    assert "早于起始日期" in end.evaluate("(field) => field.validationMessage")
    assert "10-01" not in page.locator(".gm-filtered").inner_text()
    end.fill("2026-10-09")
    until(page, "document.querySelector('.gm-filtered').textContent.includes('2026-10-09')")
    assert end.evaluate("(field) => field.validity.valid")
    assert watch.wrong == []


def test_notice_of_a_ticket_names_its_unit_and_who_answers(visit, fetched):
    page, watch = visit(
        "/#map=18/38.9060836/119.599568&layers=units,tickets&state=all", language="zh"
    )
    fetched(page)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    unit = page.locator(".leaflet-popup [data-field=unit] a")
    unit.wait_for()
    assert unit.get_attribute("href").startswith("/units/99010")
    assert "网格" in unit.inner_text()
    assert "责任人" in page.locator(".leaflet-popup").inner_text()
    assert watch.wrong == []
