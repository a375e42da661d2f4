"""What the suite leaves behind in a service: as little as it can."""

from __future__ import annotations

from collections.abc import Iterable

from tests.flow.client import Client


def forget(browsers: Iterable[Client]) -> list[str]:
    """Forget what each began, and hang up. The references of what they finished: those accounts
    stay, since there is no way to undo them yet."""
    finished = []
    for browser in browsers:
        if any(name.endswith("todoku_registration") for name in browser.cookies):
            seen = browser.current()
            if seen["state"] == "completed":
                finished.append(str(seen["reference"]))
            browser.cancel()
        browser.close()
    return finished
