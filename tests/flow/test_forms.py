"""The same way without scripts: pages, their forms, 303s, and errors that keep what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.server import LocalServer
from tests.flow.client import ACCOUNT, CODE, CURRENT, EMAIL, REGISTRATIONS, Client, other
from tests.flow.page import Page

PASSWORD = "three quiet herons"


def shown(applicant: Client, path: str) -> Page:
    """A page that is there, not one that sends elsewhere."""
    answer = applicant.look(path)
    assert answer.status == 200, answer
    return answer.page


def registered(machine: LocalServer, applicant: Client, email: str) -> str:
    """Through the address form; the code that came."""
    form = shown(applicant, "/register").form(REGISTRATIONS)
    sent = applicant.submit(form, email=email)
    assert (sent.status, sent.header("location")) == (303, "/register/code")
    applicant.awaiting_code()
    code = machine.mailbox.to(email)[0].code
    assert code
    return code


def verified(machine: LocalServer, applicant: Client, email: str) -> None:
    code = registered(machine, applicant, email)
    form = shown(applicant, "/register/code").form("/verification")
    assert applicant.submit(form, code=code).header("location") == "/register/password"


def test_an_unknown_ending_is_asked_about_and_goes_on_when_it_is_right(
    machine: LocalServer, applicant: Client
) -> None:
    typed = "taro@school.xyzzy"
    asked = applicant.submit(shown(applicant, "/register").form(REGISTRATIONS), email=typed)
    assert asked.status == 422
    assert ".xyzzy" in asked.page.text
    sent = applicant.submit(asked.page.form(REGISTRATIONS, as_typed="true"))
    assert (sent.status, sent.header("location")) == (303, "/register/code")
    machine.wait_for_mail(typed)


def test_a_domain_in_letters_of_japan_is_shown_as_it_was_typed(
    machine: LocalServer, applicant: Client
) -> None:
    slip, typed = "idn@日本語.con", "idn@日本語.com"
    pages = []
    form = shown(applicant, "/register").form(REGISTRATIONS)
    asked = applicant.submit(form, email=slip)
    pages.append(asked.text)
    applicant.submit(asked.page.form(REGISTRATIONS, email=typed))
    applicant.awaiting_code()
    (mail,) = machine.wait_for_mail("idn@xn--wgv71a119e.com")
    pages += [applicant.look(path).text for path in ("/register/code", "/register?change=1")]
    pages.append(applicant.current()["email"])
    applicant.submit(shown(applicant, "/register/code").form("/verification"), code=mail.code or "")
    pages.append(applicant.look("/register/password").text)
    applicant.submit(shown(applicant, "/register/password").form(ACCOUNT), password=PASSWORD)
    pages.append(applicant.look("/register/done").text)
    for page in pages:
        assert "日本語" in page
        assert "xn--" not in page


def test_every_step_is_a_form_that_leads_to_the_next_page(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    assert "/register" in shown(applicant, "/").links
    code = registered(machine, applicant, email)

    page = shown(applicant, "/register/code")
    seen = applicant.current()
    for word in (seen["reference"], seen["label"], seen["email"]):
        assert word in page.text
    typed = "-".join((code[:3], code[3:]))
    sent = applicant.submit(page.form("/verification"), code=typed)
    assert (sent.status, sent.header("location")) == (303, "/register/password")

    form = shown(applicant, "/register/password").form(ACCOUNT)
    sent = applicant.submit(form, password=PASSWORD)
    assert (sent.status, sent.header("location")) == (303, "/register/done")
    assert {"todoku_access", "todoku_refresh"} <= applicant.cookies.keys()

    page = shown(applicant, "/register/done")
    assert seen["reference"] in page.text
    sent = applicant.submit(page.form("/session", _method="DELETE"))
    assert (sent.status, sent.header("location")) == (303, "/signed-out")
    for _again in range(2):
        assert seen["reference"] in shown(applicant, "/signed-out").text
    shown(applicant, "/")
    assert seen["reference"] not in shown(applicant, "/signed-out").text
    assert not {"todoku_access", "todoku_refresh"} & applicant.cookies.keys()


def test_every_page_leads_to_the_step_the_registration_is_at(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    pages = ("/register", "/register/code", "/register/password", "/register/done")

    def led() -> list[str]:
        answers = [applicant.look(path) for path in pages]
        return ["" if it.status == 200 else it.header("location") for it in answers]

    assert led() == ["", "/register", "/register", "/register"]
    code = registered(machine, applicant, email)
    assert led() == ["/register/code", "", "/register/code", "/register/code"]
    applicant.verify(code)
    assert led() == ["/register/password", "/register/password", "", "/register/password"]
    applicant.complete(PASSWORD)
    assert led() == ["/register/done", "/register/done", "/register/done", ""]


def test_no_page_ever_sends_a_mail(machine: LocalServer, applicant: Client, email: str) -> None:
    registered(machine, applicant, email)
    for path in ("/", "/register", "/register?change=1", "/register/code", "/register/code/help"):
        applicant.look(path)
        applicant.send("HEAD", path)
    assert applicant.current()["delivery"]["history"][0]["state"] == "waiting"
    assert len(machine.mailbox.to(email)) == 1
    assert len(applicant.current()["delivery"]["history"]) == 3


def test_a_refused_address_comes_back_with_what_was_typed(applicant: Client) -> None:
    form = shown(applicant, "/register").form(REGISTRATIONS)
    refused = applicant.submit(form, email='taro @<b>"gmail.com')
    assert refused.status == 422
    page = refused.page
    again = page.form(REGISTRATIONS)
    assert again.fields["email"] == 'taro @<b>"gmail.com'
    assert again.fields["_once"], "the next try would be no request of its own"
    assert page.focused == ["problem"]
    assert "#email" in page.links
    assert page.invalid == ["email"]
    assert "todoku_registration" not in applicant.cookies


def test_a_likely_slip_offers_both_addresses_and_sends_nothing(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    typed = address("gmai.com")
    meant = typed.replace("gmai.com", "gmail.com")
    form = shown(applicant, "/register").form(REGISTRATIONS)
    asked = applicant.submit(form, email=typed)
    assert asked.status == 422
    assert meant in asked.page.text
    assert "todoku_registration" not in applicant.cookies
    yes = asked.page.form(REGISTRATIONS, email=meant)
    assert "as_typed" not in yes.fields
    no = asked.page.form(REGISTRATIONS, email=typed, as_typed="true")
    assert applicant.submit(no).header("location") == "/register/code"
    machine.wait_for_mail(typed)
    assert not machine.mailbox.to(meant)


def test_the_suggested_address_can_be_taken(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    typed = address("docomo.co.jp")
    meant = typed.replace("docomo.co.jp", "docomo.ne.jp")
    form = shown(applicant, "/register").form(REGISTRATIONS)
    asked = applicant.submit(form, email=typed)
    applicant.submit(asked.page.form(REGISTRATIONS, email=meant))
    machine.wait_for_mail(meant)
    assert not machine.mailbox.to(typed)


def test_a_wrong_code_comes_back_as_the_page_without_the_code(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = registered(machine, applicant, email)
    wrong = other(code)
    refused = applicant.submit(shown(applicant, "/register/code").form("/verification"), code=wrong)
    assert refused.status == 422
    page = refused.page
    assert page.focused == ["problem"]
    assert page.invalid == ["code"]
    assert page.form("/verification").fields["code"] == ""
    assert wrong not in refused.text
    assert applicant.current()["attempts_left"] == 4
    sent = applicant.submit(page.form("/verification"), code=code)
    assert sent.header("location") == "/register/password"


def test_a_refused_password_comes_back_as_the_page_without_the_password(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    verified(machine, applicant, email)
    form = shown(applicant, "/register/password").form(ACCOUNT)
    refused = applicant.submit(form, password="password123")
    assert refused.status == 422
    assert refused.page.invalid == ["password"]
    assert "password123" not in refused.text
    sent = applicant.submit(refused.page.form(ACCOUNT), password=PASSWORD)
    assert sent.header("location") == "/register/done"


def test_sending_again_too_early_comes_back_as_the_code_page_with_the_wait(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    registered(machine, applicant, email)
    early = applicant.submit(shown(applicant, "/register/code").form(CODE))
    assert early.status == 429
    assert 1 <= int(early.header("retry-after")) <= 60
    assert early.page.form("/verification").fields["code"] == ""
    assert len(machine.mailbox.to(email)) == 1


def test_sending_again_by_form_leads_back_to_the_code_page(
    machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
) -> None:
    registered(machine, applicant, email)
    ahead(61)
    sent = applicant.submit(shown(applicant, "/register/code").form(CODE))
    assert (sent.status, sent.header("location")) == (303, "/register/code")
    assert len({mail.code for mail in machine.wait_for_mail(email, 2)}) == 1


def test_the_address_is_corrected_by_a_form(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    wrong, right = address(), address()
    registered(machine, applicant, wrong)
    page = shown(applicant, "/register?change=1")
    refused = applicant.submit(page.form(EMAIL, _method="PUT"), email="nobody")
    assert refused.status == 422
    form = refused.page.form(EMAIL, _method="PUT")
    assert form.fields["email"] == "nobody"
    sent = applicant.submit(form, email=right)
    assert (sent.status, sent.header("location")) == (303, "/register/code")
    code = machine.wait_for_mail(right)[0].code
    sent = applicant.submit(
        shown(applicant, "/register/code").form("/verification"), code=code or ""
    )
    assert sent.header("location") == "/register/password"


def test_a_registration_is_cancelled_by_a_form(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    registered(machine, applicant, email)
    form = next(
        f
        for f in shown(applicant, "/register/code").forms
        if f.action == CURRENT and f.fields.get("_method") == "DELETE"
    )
    sent = applicant.submit(form)
    assert (sent.status, sent.header("location")) == (303, "/")
    assert applicant.look("/register/code").header("location") == "/register"


def test_a_form_whose_registration_is_gone_leads_to_a_new_one(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = registered(machine, applicant, email)
    form = shown(applicant, "/register/code").form("/verification")
    applicant.cookies.clear()
    refused = applicant.submit(form, code=code)
    assert refused.status == 404
    assert refused.page.form(REGISTRATIONS).fields["email"] == ""


def test_the_back_button_and_a_second_post_lead_on_instead_of_failing(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    code = registered(machine, applicant, email)
    form = shown(applicant, "/register/code").form("/verification")
    first = applicant.submit(form, code=code)
    again = applicant.submit(form, code=code)
    assert (again.status, again.header("location")) == (303, first.header("location"))


def test_a_refused_form_loaded_again_leads_to_its_page(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    for path, page in (
        (REGISTRATIONS, "/register?new=1"),
        (f"{CURRENT}/code", "/register/code"),
        (f"{CURRENT}/email", "/register?change=1"),
        (f"{CURRENT}/verification", "/register/code"),
        (f"{CURRENT}/account", "/register/password"),
    ):
        again = applicant.look(path)
        assert (again.status, again.header("location")) == (303, page)
        assert applicant.json("GET", path).status == 405


@pytest.mark.parametrize(
    ("locale", "language", "word"),
    [("ja", "ja", "目印「"), ("ja-easy", "ja", "めじるし「"), ("en", "en", "the label ")],
)
def test_a_chosen_language_stays_on_pages_and_in_the_mail(
    machine: LocalServer, applicant: Client, email: str, locale: str, language: str, word: str
) -> None:
    first = applicant.look(f"/register?lang={locale}")
    assert first.page.language.partition("-")[0] == language
    assert applicant.cookies["lang"] == locale
    applicant.submit(first.page.form(REGISTRATIONS), email=email)
    mail = machine.wait_for_mail(email)[0]
    assert word in mail.text
    assert "=?" not in mail.sender + mail.subject
    assert "（" not in mail.sender + mail.subject, "no readings where there is little room"
    assert shown(applicant, "/register/code").language.partition("-")[0] == language


def test_mails_after_a_change_of_language_are_in_the_new_one(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    first = applicant.look("/register?lang=ja")
    applicant.submit(first.page.form(REGISTRATIONS), email=email)
    machine.wait_for_mail(email)
    page = applicant.look("/register/code?lang=en").page
    machine.put_forward(61)
    applicant.submit(page.form(f"{CURRENT}/code"))
    assert "the label " in machine.wait_for_mail(email, 2)[0].text
    page = applicant.look("/register?change=1&lang=ja-easy").page
    applicant.submit(page.form(f"{CURRENT}/email"), email=f"x{email}")
    assert "めじるし「" in machine.wait_for_mail(f"x{email}")[0].text
