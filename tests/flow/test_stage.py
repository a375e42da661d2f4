"""``/dev`` in front of every path, as API Gateway has it without a domain of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.server import LocalServer
from tests.flow.client import CURRENT, REGISTRATIONS, Client

PASSWORD = "three quiet herons"


@pytest.fixture(scope="module")
def running(service: Callable[..., LocalServer]) -> Iterator[LocalServer]:
    with service(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


@pytest.fixture
def applicant(client: Callable[..., Client]) -> Client:
    made = client()
    made.prefix = "/dev"
    return made


def test_the_way_by_json(machine: LocalServer, applicant: Client, email: str) -> None:
    asked = applicant.register(email)
    assert asked.status == 202
    assert asked.header("location") == f"/dev{CURRENT}"
    assert applicant.send("GET", asked.header("location")).status == 200
    code = machine.wait_for_mail(email)[0].code or ""
    assert applicant.verify(code).status == 200
    assert applicant.complete(PASSWORD).status == 201
    assert applicant.json("GET", "/api/v1/session").status == 200
    document = applicant.json("GET", "/api/v1/openapi.json").json
    assert document["servers"][0]["url"].endswith("/dev")


def test_the_way_by_forms_and_links_never_leaves_the_stage(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    def page(path: str) -> object:
        answer = applicant.look(path)
        assert answer.status == 200, path
        for link in answer.page.links:
            assert link.startswith(("/dev/", "#", "http", "tel:")), link
        for form in answer.page.forms:
            assert form.action.startswith("/dev/api/")
        for part in answer.text.split('src="')[1:]:
            assert part.startswith("/dev/assets/")
        return answer.page

    applicant.look("/dev/")
    page("/dev/")
    form = applicant.look("/dev/register").page.form(REGISTRATIONS)
    sent = applicant.submit(form, email=email)
    assert (sent.status, sent.header("location")) == (303, "/dev/register/code")
    code = machine.wait_for_mail(email)[0].code or ""
    page("/dev/register/code")
    page("/dev/register/code/help")
    page("/dev/register?change=1")
    form = applicant.look("/dev/register/code").page.form("/verification")
    sent = applicant.submit(form, code=code)
    assert sent.header("location") == "/dev/register/password"
    page("/dev/register/password")
    sent = applicant.submit(
        applicant.look("/dev/register/password").page.form("/account"), password=PASSWORD
    )
    assert sent.header("location") == "/dev/register/done"
    page("/dev/register/done")


def test_a_refused_form_stays_on_the_stage(applicant: Client) -> None:
    form = applicant.look("/dev/register").page.form(REGISTRATIONS)
    refused = applicant.submit(form, email="nobody")
    assert refused.status == 422
    assert refused.page.form(REGISTRATIONS).action == f"/dev{REGISTRATIONS}"


def test_assets_are_served_under_the_stage(applicant: Client) -> None:
    text = applicant.look("/dev/register").text
    path = "/dev/assets/" + text.partition('"/dev/assets/')[2].partition('"')[0]
    assert applicant.send("GET", path).status == 200


def test_without_the_stage_there_is_nothing(applicant: Client) -> None:
    for path in ("/", "/register", REGISTRATIONS, "/devil/register", "/dev/dev/register"):
        assert applicant.send("GET", path).status == 404, path
