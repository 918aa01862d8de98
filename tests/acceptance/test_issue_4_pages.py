"""Every page with every foreign host unresolvable: nothing fails, in all sizes, themes, languages.

The three sizes are a phone, a laptop and a wall screen. GRIDMAP_SCREENSHOTS names a folder for the
pictures of README.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from support.pages import FETCHED, Watch, demonstration_served, go, picture_path
from support.waiting import until

SIZES = {390: 844, 1366: 768, 1920: 1080}
PAGES = {
    "district": "/",
    "streets": "/?level=street",
    "layers": "/?show=tickets,exceptions",
    "units": "/units?level=community",
    "unit": "/units/990101001001001",
    "community": "/units/990101001001",
    "park": "/units/990101004005901?scheme=exclusive",
    "tickets": "/tickets?status=open",
    "ticket": "/tickets/1",
    "exceptions": "/exceptions",
    "boundary": "/exceptions?kind=boundary",
    "locate": "/locate?q=第1网格路灯不亮",
    "locating": "/locate?ticket=1",
}
WITHOUT_MAP = {"units", "tickets"}

#: How far the brightest and the darkest of text and ground are apart: the least that WCAG 2.1 asks
#: of text, https://www.w3.org/TR/WCAG21/#contrast-minimum
LEAST_CONTRAST = 4.5
CONTRAST = """() => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((one) => channel(one / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      const alpha = backgroundColor.match(/[\\d.]+/g)[3];
      if (alpha === undefined || Number(alpha) === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const least = { contrast: 21 };
  document.querySelectorAll("main *, header *, .banner").forEach((node) => {
    const says = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    const box = node.getBoundingClientRect();
    if (!says || node.closest(".leaflet-pane, .unseen, [hidden]") || box.width < 2) return;
    if (node.tagName === "OPTION" || node.disabled) return;
    const [one, other] = [light(getComputedStyle(node).color), light(ground(node))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < least.contrast) Object.assign(least, { contrast, text: node.textContent });
  });
  return least;
}"""

#: Where the parts of a page are; they must not move once something is seen.
SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    list.getEntries().forEach((entry) => { if (!entry.hadRecentInput) sum += entry.value; });
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 50);
})"""
MOST_SHIFT = 0.02


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration is served."""
    with demonstration_served(tmp_path_factory.mktemp("pages")) as address:
        yield address


@contextmanager
def window(chromium: Browser, width: int, theme: str) -> Iterator[tuple[Page, Watch]]:
    """Open a fresh window of a size in a theme, watched from its beginning."""
    size = {"width": width, "height": SIZES[width]}
    context = chromium.new_context(viewport=size, color_scheme=theme)
    page = context.new_page()
    yield page, Watch(page)
    context.close()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_ask_nobody_else_and_nothing_goes_wrong(
    chromium: Browser, address: str, tmp_path: Path, language: str, theme: str, width: int
) -> None:
    with window(chromium, width, theme) as (page, watch):
        for name, path in PAGES.items():
            go(page, address + path, language)
            until(page, FETCHED)
            page.screenshot(path=picture_path(f"{name}-{language}-{width}-{theme}", tmp_path))
            assert watch.wrong == [], path
            assert {urlsplit(url).netloc for url in watch.asked} == {urlsplit(address).netloc}
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (
                f"{path} is too wide"
            )
            assert "演示数据，虚构" in page.locator(".banner").inner_text()
            assert page.locator("h1").count() == 1
            least = page.evaluate(CONTRAST)
            assert least["contrast"] >= LEAST_CONTRAST, f"{path}: {least}"
            assert page.evaluate(SHIFTS) <= MOST_SHIFT, f"{path} jumps"
            if name not in WITHOUT_MAP:
                assert page.get_by_text("供内部使用").count() == 1, path
                assert int(page.locator("canvas.gm-labels[data-drawn]").get_attribute("data-drawn"))


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
def test_map_with_its_tickets_in_the_other_themes(
    chromium: Browser, address: str, tmp_path: Path, language: str, theme: str, width: int
) -> None:
    with window(chromium, width, theme) as (page, watch):
        go(page, address + PAGES["layers"], language)
        until(page, FETCHED)
        page.screenshot(path=picture_path(f"layers-{language}-{width}-{theme}", tmp_path))
        assert watch.wrong == []
        assert page.evaluate(CONTRAST)["contrast"] >= LEAST_CONTRAST
