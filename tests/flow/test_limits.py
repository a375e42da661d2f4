"""What keeps mailboxes, the sender and the service from being flooded, and never refuses."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import japan_day, next_japan_day
from chalicelib.limits import counters as holders
from chalicelib.limits.counters import MAILS
from chalicelib.limits.domain_key import domain_key
from chalicelib.limits.network import share_of_network
from chalicelib.limits.network_key import network_key
from local.server import LocalServer
from tests.flow.client import REGISTRATIONS, Client, until
from tests.proof_of_work import solved

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
"""Times in answers are rounded up to it."""
Addresses = Callable[..., str]


def network_of(machine: LocalServer, client: Client) -> str:
    return network_key(client.source, machine.services.config.pepper)


def bounced(machine: LocalServer, client: Client, domain: str, *, sent: int, bounced: int) -> None:
    """As if so many mails that the client's network asked for to this domain had come back."""
    config, today = machine.services.config, japan_day(machine.clock())
    counters, network = machine.services.adapters.counters, network_of(machine, client)
    together = holders.network_to_domain(network, domain_key(domain, config.pepper))
    counters.add(together, today, sent=sent, bounced=bounced)
    counters.add(holders.network(network), today, bounced=bounced)


def busy(machine: LocalServer, client: Client, less: int = 0) -> None:
    """As if the client's network had its share outstanding."""
    share = share_of_network(machine.services.config.mail_budget_per_day)
    holder = holders.network(network_of(machine, client))
    machine.services.adapters.counters.add(holder, japan_day(machine.clock()), asked=share - less)


def expected_in(machine: LocalServer, registration: Any) -> timedelta:
    """How far off the next mail is."""
    return datetime.fromisoformat(registration["expected_at"]) - machine.clock()


class TestOneAddress:
    """One mail a minute, five an hour, ten a day."""

    def test_the_second_mail_within_a_minute_waits_for_its_turn(
        self, machine: LocalServer, client: Callable[..., Client], email: str
    ) -> None:
        first, second = client(), client()
        first.register(email)
        machine.wait_for_mail(email)
        asked = second.register(email)
        assert asked.status == 202
        assert timedelta(0) < expected_in(machine, asked.json) <= MINUTE + SECOND
        assert asked.json["state"] == "queued"
        machine.put_forward(61)
        machine.wait_for_mail(email, 2)
        assert second.awaiting_code()["expected_at"] is None

    def test_known_and_unknown_addresses_wait_alike_past_the_hours_five(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        waits = []
        for has_account in (False, True):
            email, home = address(), source()
            if has_account:
                owner = client()
                owner.register(email)
                owner.verify(machine.wait_for_mail(email)[0].code or "")
                assert owner.complete("three quiet herons").status == 201
                machine.put_forward(86_400)
            before = len(machine.mailbox.to(email))
            for count in range(1, 6):
                asked = client(home).register(email)
                assert asked.json["expected_at"]
                machine.wait_for_mail(email, before + count)
                machine.put_forward(61)
            sixth = client(home).register(email)
            assert sixth.status == 202
            waits.append(expected_in(machine, sixth.json))
            assert len(machine.mailbox.to(email)) == before + 5
        assert all(timedelta(minutes=53) < wait < timedelta(minutes=60) for wait in waits)
        assert abs(waits[0] - waits[1]) < timedelta(seconds=20)

    def test_past_the_limit_nobody_is_signed_up_before_the_mail_may_go(
        self, machine: LocalServer, client: Callable[..., Client], email: str
    ) -> None:
        client().register(email)
        machine.wait_for_mail(email)
        late = client()
        late.register(email)
        reference = late.current()["reference"].replace("-", "")
        cognito = machine.clients("cognito-idp")
        with pytest.raises(cognito.exceptions.UserNotFoundException):
            cognito.admin_get_user(UserPoolId=machine.stack.ref("UserPool"), Username=reference)
        machine.put_forward(61)
        late.awaiting_code()

    def test_a_stranger_cannot_silence_an_owner(
        self, machine: LocalServer, client: Callable[..., Client], email: str, source: Any
    ) -> None:
        home = source()
        for count in range(1, 6):
            client(home).register(email)
            machine.wait_for_mail(email, count)
            machine.put_forward(61)
        stranger = client(home).register(email)
        assert expected_in(machine, stranger.json) > timedelta(minutes=50)
        owner = client()
        asked = owner.register(email)
        assert expected_in(machine, asked.json) <= 10 * MINUTE + SECOND
        machine.put_forward(max(0, expected_in(machine, asked.json).total_seconds()) + 1)
        code = machine.wait_for_mail(email, 6)[0].code
        assert owner.verify(code or "").status == 200

    def test_dots_and_tags_of_gmail_are_one_mailbox(
        self, machine: LocalServer, client: Callable[..., Client], email: str
    ) -> None:
        local = email.partition("@")[0]
        client().register(email)
        machine.wait_for_mail(email)
        asked = client().register(f"{local[0]}.{local[1:]}+school@gmail.com")
        assert expected_in(machine, asked.json) > timedelta(seconds=50)

    def test_sending_again_past_the_limit_says_when_it_goes(
        self, machine: LocalServer, applicant: Client, email: str, ahead: Callable[[float], None]
    ) -> None:
        applicant.register(email)
        for count in range(2, 6):
            machine.wait_for_mail(email, count - 1)
            ahead(61)
            assert applicant.send_again().status == 202
        machine.wait_for_mail(email, 5)
        ahead(61)
        sixth = applicant.send_again()
        assert sixth.status == 202
        assert expected_in(machine, sixth.json) > timedelta(minutes=50)
        again = applicant.send_again()
        assert (again.status, again.problem) == (429, "wait")
        machine.put_forward(3600)
        assert len({mail.code for mail in machine.wait_for_mail(email, 6)}) == 1


class TestABusyNetwork:
    """Past its share of what may be outstanding: a proof of work, never a refusal."""

    def test_what_is_beyond_the_share_is_asked_for_a_proof_which_opens(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        school = source()
        busy(machine, client(school), less=1)
        assert client(school).register(address()).status == 202
        email, pupil = address(), client(school)
        asked = pupil.register(email)
        assert (asked.status, asked.problem) == (429, "challenge-required")
        assert not pupil.cookies
        answered = pupil.register(email, altcha=solved(asked.json["challenge"]))
        assert answered.status == 202
        code = machine.wait_for_mail(email)[0].code
        assert pupil.verify(code or "").status == 200

    def test_a_solution_serves_once(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        school = source()
        busy(machine, client(school))
        solution = solved(client(school).register(address()).json["challenge"])
        assert client(school).register(address(), altcha=solution).status == 202
        again = client(school).register(address(), altcha=solution)
        assert (again.status, again.problem) == (429, "challenge-required")

    def test_a_solution_outlives_its_time_not(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses
    ) -> None:
        pupil = client()
        busy(machine, pupil)
        solution = solved(pupil.register(address()).json["challenge"])
        machine.put_forward(21 * 60)
        assert pupil.register(address(), altcha=solution).problem == "challenge-required"

    @pytest.mark.parametrize("nonsense", ["", "x", "e30=", "bnVsbA==", "W10=", "a" * 5000, "😀"])
    def test_nonsense_is_no_solution(
        self,
        machine: LocalServer,
        client: Callable[..., Client],
        address: Addresses,
        nonsense: str,
    ) -> None:
        pupil = client()
        busy(machine, pupil)
        asked = pupil.register(address(), altcha=nonsense)
        assert (asked.status, asked.problem) == (429, "challenge-required")

    def test_an_unasked_solution_does_no_harm(self, applicant: Client, email: str) -> None:
        assert applicant.register(email, altcha="x").status == 202

    def test_a_correction_is_asked_and_can_answer_too(
        self, machine: LocalServer, applicant: Client, address: Addresses
    ) -> None:
        right = address()
        applicant.register(address())
        busy(machine, applicant)
        asked = applicant.correct(right)
        assert (asked.status, asked.problem) == (429, "challenge-required")
        answered = applicant.correct(right, altcha=solved(asked.json["challenge"]))
        assert answered.status == 202
        machine.wait_for_mail(right)

    def test_without_scripts_a_correction_takes_the_slow_lane(
        self, machine: LocalServer, applicant: Client, address: Addresses
    ) -> None:
        applicant.register(address())
        busy(machine, applicant)
        page = applicant.look("/register?change=1").page
        sent = applicant.submit(page.form("/current/email"), email=address())
        assert (sent.status, sent.header("location")) == (303, "/register/code")

    def test_other_networks_do_not_notice(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses
    ) -> None:
        busy(machine, client())
        assert client().register(address()).status == 202

    def test_without_scripts_the_mail_takes_the_slow_lane(
        self, machine: LocalServer, applicant: Client, email: str
    ) -> None:
        busy(machine, applicant)
        form = applicant.look("/register").page.form(REGISTRATIONS)
        sent = applicant.submit(form, email=email)
        assert (sent.status, sent.header("location")) == (303, "/register/code")
        assert timedelta(seconds=50) < expected_in(machine, applicant.current()) <= 1.1 * MINUTE
        assert not machine.mailbox.to(email)
        machine.put_forward(62)
        code = machine.wait_for_mail(email)[0].code
        sent = applicant.submit(
            applicant.look("/register/code").page.form("/verification"), code=code or ""
        )
        assert sent.header("location") == "/register/password"

    def test_the_pages_script_gets_the_challenge_in_the_page_and_answers_it(
        self, machine: LocalServer, applicant: Client, email: str
    ) -> None:
        """As frontend/scripts/sending.js does: ``altcha`` empty says that it can solve one."""
        busy(machine, applicant)
        form = applicant.look("/register").page.form(REGISTRATIONS)
        fields = {**form.fields, "email": email}
        asked = applicant.form(form.action, {**fields, "altcha": ""})
        assert asked.status == 429
        found = re.search(r'data-challenge="([^"]+)"', asked.text)
        assert found, "the page has no challenge"
        solution = solved(json.loads(html.unescape(found[1])))
        sent = applicant.form(form.action, {**fields, "altcha": solution})
        assert (sent.status, sent.header("location")) == (303, "/register/code")
        machine.wait_for_mail(email)

    def test_once_its_codes_are_entered_nothing_is_asked_for(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        school = source()
        busy(machine, client(school), less=1)
        pupil, email = client(school), address()
        pupil.register(email)
        assert client(school).register(address()).status == 429
        assert pupil.verify(machine.wait_for_mail(email)[0].code or "").status == 200
        assert client(school).register(address()).status == 202

    def test_the_next_day_nothing_is_asked_for(
        self, machine: LocalServer, applicant: Client, address: Addresses
    ) -> None:
        busy(machine, applicant)
        assert applicant.register(address()).status == 429
        machine.put_forward(24 * 3600)
        assert applicant.register(address()).status == 202


class TestABouncingNetwork:
    """Mails to made-up addresses spoil the sender for everybody."""

    MADE_UP = "made-up.example.com"

    def test_above_a_fifth_of_twenty_the_proof_of_work_is_asked_for(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses
    ) -> None:
        good, bad = client(), client()
        bounced(machine, good, self.MADE_UP, sent=20, bounced=4)
        bounced(machine, bad, self.MADE_UP, sent=20, bounced=5)
        assert good.register(address(self.MADE_UP)).status == 202
        asked = bad.register(address(self.MADE_UP))
        assert (asked.status, asked.problem) == (429, "challenge-required")
        email, solution = address(self.MADE_UP), solved(asked.json["challenge"])
        assert bad.register(email, altcha=solution).status == 202

    def test_other_domains_cost_the_same_network_nothing(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        school = source()
        bounced(machine, client(school), self.MADE_UP, sent=41, bounced=41)
        assert client(school).register(address()).status == 202

    def test_of_fewer_than_twenty_nothing_is_concluded(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses
    ) -> None:
        small = client()
        bounced(machine, small, self.MADE_UP, sent=19, bounced=19)
        assert small.register(address(self.MADE_UP)).status == 202

    def test_then_its_mails_go_later_and_one_after_another(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        home = source()
        bounced(machine, client(home), self.MADE_UP, sent=40, bounced=30)

        def ask() -> timedelta:
            one, email = client(home), address(self.MADE_UP)
            asked = one.register(email)
            one.register(email, altcha=solved(asked.json["challenge"]))
            return expected_in(machine, one.current())

        first, second = ask(), ask()
        assert timedelta(seconds=50) < first < second < 1.2 * MINUTE

    def test_real_bounces_are_counted_for_the_network_that_asked(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        home = source()
        bounced(machine, client(home), "ezweb.ne.jp", sent=19, bounced=4)
        applicant = client(home)
        applicant.json("PUT", "/local/providers", {"provider": "au", "behaviour": "bounce"})
        applicant.register(address("ezweb.ne.jp"))
        applicant.until(lambda it: it["delivery"]["state"] == "bounced")
        until(lambda: client(home).register(address("ezweb.ne.jp")).status == 429)

    def test_a_refusal_of_us_is_not_the_networks_fault(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses, source: Any
    ) -> None:
        home = source()
        bounced(machine, client(home), "icloud.com", sent=19, bounced=4)
        client(home).json("PUT", "/local/providers", {"provider": "icloud", "behaviour": "refuse"})
        applicant = client(home)
        applicant.register(address("icloud.com"))
        applicant.until(lambda it: it["delivery"]["state"] == "bounced")
        assert client(home).register(address("icloud.com")).status == 202


class TestTheDaysBudget:
    """So many mails a day over all addresses; the rest goes tomorrow, and the page says so."""

    def test_past_the_budget_the_mail_goes_tomorrow(
        self, machine: LocalServer, client: Callable[..., Client], address: Addresses
    ) -> None:
        now = machine.clock()
        budget = machine.services.config.mail_budget_per_day
        # Twice: late in the evening a day that is just used up burns no faster than it passes.
        machine.services.adapters.counters.add(MAILS, japan_day(now), placed=2 * budget)
        applicant, email = client(), address()
        asked = applicant.register(email)  # the budget burns faster than the day passes
        assert asked.problem == "challenge-required"
        assert applicant.register(email, altcha=solved(asked.json["challenge"])).status == 202
        tomorrow = next_japan_day(now)
        seen = applicant.until(
            lambda it: it["expected_at"] >= tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        assert expected_in(machine, seen) < tomorrow - now + MINUTE
        assert seen["state"] == "queued"
        assert not machine.mailbox.to(email)
        page = applicant.look("/register/code")
        assert page.status == 200

        machine.put_forward(expected_in(machine, seen).total_seconds() + 1)
        code = machine.wait_for_mail(email)[0].code
        assert applicant.verify(code or "").status == 200
