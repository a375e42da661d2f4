"""No page of anybody else's shows one of our answers inside itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from chalicelib.web.pages.render import CSP
from chalicelib.web.response import NOTHING_ACTIVE
from cloudformation.template import Template


def by_the_gateway() -> str:
    responses = Template.read().resources["RestAPI"]["Properties"]["GatewayResponses"]
    headers = responses["DEFAULT_4XX"]["ResponseParameters"]["Headers"]
    return str(headers["Content-Security-Policy"]).strip("'")


@pytest.mark.parametrize(
    "policy",
    [CSP.format(style="sha256-x"), NOTHING_ACTIVE, by_the_gateway()],
    ids=["page", "json", "gateway"],
)
def test_no_answer_can_be_framed(browser: Browser, policy: str) -> None:
    def answer(route: Route) -> None:
        if route.request.url.endswith("/ours"):
            headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
            route.fulfill(body="<p>ours", headers=headers)
        else:
            route.fulfill(body="<iframe src=/ours></iframe>", content_type="text/html")

    with browser.new_context() as context:
        context.route("**/*", answer)
        page = context.new_page()
        page.goto("http://127.0.0.1:9/theirs")
        (frame,) = page.frames[1:]
        frame.wait_for_load_state()
        assert "ours" not in frame.content()
        page.goto("http://127.0.0.1:9/ours")
        assert page.inner_text("p") == "ours"
