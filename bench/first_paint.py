"""First paint in a real Chromium on slow 3G."""

from __future__ import annotations

import os
from collections.abc import Callable

from playwright.sync_api import Browser, sync_playwright

from bench.figure import Figure, settled

BUDGET = 3.0
PAGES = ("/", "/register")
SLOW_3G = {
    # The preset of Chromium's developer tools: bytes a second, milliseconds a round trip.
    "offline": False,
    "latency": 2000,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def figure(url: str, chromium: str, rounds: int, step: Callable[[], None]) -> Figure:
    """The slower of the first two pages; each time with empty caches."""
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_arguments())
        for _ in range(rounds):
            for page, taken in times.items():
                taken.append(_first_paint(browser, url + page))
            step()
        browser.close()
    paints = {page: settled(taken) for page, taken in times.items()}
    slowest = max(paints, key=lambda page: paints[page])
    return Figure(
        "first paint on slow 3G",
        paints[slowest],
        BUDGET,
        "s",
        f"GET {slowest}, {rounds} rounds, Chromium with 2 s a round trip and 50 KB/s, no gzip",
    )


def _first_paint(browser: Browser, url: str) -> float:
    context = browser.new_context(locale="ja-JP", viewport={"width": 375, "height": 667})
    try:
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", SLOW_3G)
        page.goto(url)
        milliseconds: float = page.wait_for_function(PAINTED).json_value()
        return milliseconds / 1000
    finally:
        context.close()


def _arguments() -> list[str]:
    # A root user (a container) has no sandbox to offer.
    return ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
