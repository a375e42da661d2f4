"""The address that is a problem's type leads to a page about it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from chalicelib.locales import LOCALES, words
from chalicelib.web import fallback, views
from chalicelib.web.errors import NotFound
from chalicelib.web.problem_docs import CODES_OF, MEMBERS_OF
from chalicelib.web.problem_types import PROBLEM_TYPES
from tests.web.pages.desk import Desk, request
from tests.web.pages.reading import read
from tests.web.visitor import API, REGISTRATIONS, Visitor

ROUTE = "/problems/{name}"


@pytest.mark.parametrize("stage", ["", "/dev"])
def test_the_type_of_a_problem_is_the_address_of_its_page(stage: str) -> None:
    visitor = Visitor(routes=(*API, views.routes, fallback.routes))
    headers = {"Content-Type": "application/json"}
    answers = [
        visitor.ask("POST", REGISTRATIONS, headers=headers, body='{"email": "x"}', stage=stage),
        visitor.ask("GET", "/nowhere", route="/{rest+}", stage=stage),
    ]
    for answer in answers:
        kind, name = urlsplit(answer.json["type"]), answer.problem
        assert f"{kind.scheme}://{kind.netloc}" == visitor.service.config.base_url
        path = kind.path.removeprefix(stage)
        page = visitor.ask("GET", path, route=ROUTE, parameters={"name": name}, stage=stage)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert name in read(page.body).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_a_page_says_what_the_problem_means_and_holds(name: str, locale: str) -> None:
    kind = PROBLEM_TYPES[name]
    body = views.routes.handlers[ROUTE]["GET"](Desk(), request(f"/problems/{name}", locale)).body
    page = read(body)
    literal = [element.text for element in page.all("code")]

    assert literal[:2] == [name, str(kind.status)]
    assert set(MEMBERS_OF.get(name, ())) <= set(literal)
    assert page.all("li")
    assert "`" not in page.text
    assert "%(" not in page.text
    bare = re.sub(r"<ruby>.*?</ruby>|<nav.*?</nav>", "", body[body.index("<body") :], flags=re.S)
    if locale == "ja-easy":
        # Minutes and days are read by their number: after one that is computed stands none.
        assert re.findall("[一-鿿]+", re.sub(r"\d[分日]", "", bare)) == []
    if locale == "ja":
        assert page.one("h1").text == words(locale).gettext(kind.title)


@pytest.mark.parametrize("name", CODES_OF)
def test_a_page_lists_the_codes_of_each_field(name: str) -> None:
    page = read(views.routes.handlers[ROUTE]["GET"](Desk(), request(f"/problems/{name}")).body)
    terms = [element.text for element in page.all("dt")]
    listed = terms[-sum(map(len, CODES_OF[name].values())) :]
    assert listed == [code for codes in CODES_OF[name].values() for code in codes]
    fields = [element.text for element in page.all("h3")]
    assert fields == [field or "どの項目でも" for field in CODES_OF[name]]


@pytest.mark.parametrize("name", ["", "nope", "Wait", "wait/", "../wait", "wait%00"])
def test_there_is_no_page_of_a_problem_that_there_is_not(name: str) -> None:
    with pytest.raises(NotFound):
        views.routes.handlers[ROUTE]["GET"](Desk(), request(f"/problems/{name}"))
