"""The registration's states under whatever people, networks and AWS do, in any order."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from chalicelib.errors import OutcomeUnknown, TodokuError
from chalicelib.verification.model import OPEN, AttemptState
from tests.in_memory.world import World

EMAILS = st.sampled_from(["a@example.ed.jp", "b@example.ed.jp", "c@new.example.jp"])
NETWORKS = st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3"])


class Applicants(RuleBasedStateMachine):
    """Some browsers, two addresses, and a user pool whose answers and events may get lost."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.finished: dict[str, str] = {}
        """Address key -> the reference that set a password."""
        self.browsers: set[str] = set()

    def attempt(self, call: Any, *args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except (TodokuError, OutcomeUnknown):
            return None

    @rule(target=tokens, email=EMAILS, client=NETWORKS)
    def ask(self, email: str, client: str) -> str:
        token: str = self.attempt(self.world.ask, email, client=client) or "no-token"
        self.browsers.add(token)
        return token

    @rule(token=tokens, email=EMAILS, client=NETWORKS)
    def correct(self, token: str, email: str, client: str) -> None:
        self.attempt(self.world.correct, token, email, client)

    @rule(token=tokens)
    def send_again(self, token: str) -> None:
        self.attempt(self.world.send_again, token)

    @rule(token=tokens)
    def cancel(self, token: str) -> None:
        self.attempt(self.world.cancel, token)

    @rule(token=tokens)
    def enter_a_wrong_code(self, token: str) -> None:
        assert self.attempt(self.world.verify, token, "000000") is None or self.was_proven(token)

    def was_proven(self, token: str) -> bool:
        return self.world.lookup.registration(token).attempt.state not in OPEN

    @rule(token=tokens)
    def enter_the_right_code(self, token: str) -> None:
        """As from the mail, or by luck where the mail had none."""
        seen = self.world.lookup.seen(token)
        user = self.world.pool.users.get(seen.registration.current) if seen else None
        if user:
            self.attempt(self.world.verify, token, user.code)

    @rule(target=tokens, email=EMAILS, client=NETWORKS)
    def ask_and_prove(self, email: str, client: str) -> str:
        token: str = self.attempt(self.world.ask, email, client=client) or "no-token"
        self.browsers.add(token)
        self.world.run()
        seen = self.world.lookup.seen(token)
        user = self.world.pool.users.get(seen.registration.current) if seen else None
        if user:
            self.attempt(self.world.verify, token, user.code)
        return token

    @rule(token=tokens)
    def set_a_password(self, token: str) -> None:
        done = self.attempt(self.world.complete, token, "correct horse")
        if done is not None:
            attempt = done.registration.attempt
            assert self.finished.get(attempt.address, attempt.reference) == attempt.reference
            self.finished[attempt.address] = attempt.reference

    @rule(minutes=st.sampled_from([0, 1, 5, 61]))
    def time_passes(self, minutes: int) -> None:
        self.world.run()
        self.world.now += timedelta(minutes=minutes)
        self.world.run()

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @rule()
    def lose_the_next_answer(self) -> None:
        self.world.pool.lose_answers = 1

    @rule()
    def a_domain_comes_or_goes(self) -> None:
        self.world.dns.missing ^= {"new.example.jp"}

    @rule()
    def lose_the_queue(self) -> None:
        self.world.queue.waiting.clear()
        self.world.queue.again.clear()

    @rule()
    def sign_up_and_lose_the_code(self) -> None:
        for at, job in list(self.world.queue.waiting):
            if at <= self.world.now:
                self.world.queue.waiting.remove((at, job))
                self.attempt(self.world.work, job)
        self.world.pool.events.clear()

    @invariant()
    def an_account_is_never_taken_away(self) -> None:
        for address, reference in self.finished.items():
            owner = self.world.owners.get(address)
            assert owner is not None
            assert (owner.reference, owner.finished) == (reference, True)
            assert self.world.pool.users[reference].verified

    @invariant()
    def an_address_is_proven_for_one_user_at_most(self) -> None:
        proven = [u.email for u in self.world.pool.users.values() if u.verified]
        assert len(proven) == len(set(proven))

    @invariant()
    def a_proof_is_of_the_address_it_was_asked_for(self) -> None:
        for _, registration in self.world.table.registrations.values():
            attempt = registration.attempt
            user = self.world.pool.users.get(attempt.reference)
            if attempt.state in (AttemptState.VERIFIED, AttemptState.COMPLETED) and user:
                assert user.confirmed
                assert user.email == attempt.email

    def rest(self) -> None:
        for _ in range(100):
            self.world.now += timedelta(minutes=1)
            self.world.sweep()
            self.world.run()

    def teardown(self) -> None:
        """Left alone, everything comes to rest: each open registration has one working code,
        and no user is left whom nobody needs."""
        world = self.world
        world.pool.lose_answers = 0
        world.dns.missing = set()
        self.rest()
        # The sweeper asks for a lost code once; whoever still has none presses the button.
        for token in sorted(self.browsers):
            seen = world.lookup.seen(token)
            if seen and not any(r == seen.registration.current for r, _ in world.mails):
                self.attempt(world.send_again, token)
        self.rest()
        needed = set(self.finished.values())
        for _, registration in world.table.registrations.values():
            attempt = registration.attempt
            needed.add(attempt.reference)
            if attempt.state is AttemptState.QUEUED and attempt.no_such_domain_at is None:
                assert attempt.expected_at is not None
                assert attempt.expected_at > world.now
            if attempt.state is AttemptState.AWAITING_CODE and attempt.expected_at is None:
                codes = [c for r, c in world.mails if r == attempt.reference]
                right = world.pool.users[attempt.reference].code
                assert codes, "a mail was sent"
                assert codes[-1] in (right, "account")
        assert set(world.pool.users) <= needed


Applicants.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
TestApplicants = Applicants.TestCase
