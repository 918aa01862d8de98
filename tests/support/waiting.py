"""Waiting for a page; its own policy forbids to wait inside of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def until(page: Page, condition: str) -> None:
    """Wait until an expression is true; fail after a quarter of a minute."""
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"{page.url}: {condition} did not come true")
