from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import DAY, HOUR, MINUTE
from chalicelib.errors import Wait
from chalicelib.limits.mailbox import Mailbox, Place, give_back, take_place
from chalicelib.limits.network_key import network_key

NOW = datetime(2026, 1, 24, 1, 0, tzinfo=UTC)


def ask(
    mailbox: Mailbox, mail: str, at: datetime, network: str = "school"
) -> tuple[Mailbox, float]:
    """Returns the mailbox and how many minutes the mail has to wait."""
    mailbox, when = take_place(mailbox, mail, network, at)
    return mailbox, (when - at) / MINUTE


def test_one_a_minute_five_an_hour_ten_a_day() -> None:
    mailbox, waits = Mailbox(), []
    for n in range(11):
        mailbox, wait = ask(mailbox, f"a.{n}", NOW)
        waits.append(wait)
    assert waits == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 24 * 60]


@pytest.mark.parametrize(("seconds", "wait"), [(59, 1 / 60), (60, 0), (61, 0)])
def test_the_minute_ends_after_sixty_seconds(seconds: int, wait: float) -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    _, found = ask(mailbox, "b.1", NOW + timedelta(seconds=seconds))
    assert found == pytest.approx(wait)


def test_the_same_mail_asked_twice_takes_one_place() -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    again, wait = ask(mailbox, "a.1", NOW)
    assert (again, wait) == (mailbox, 0)


def test_a_stranger_cannot_silence_the_owner() -> None:
    mailbox = Mailbox()
    for n in range(10):
        mailbox, _ = ask(mailbox, f"stranger.{n}", NOW, "stranger")
    mailbox, wait = ask(mailbox, "owner.1", NOW, "home")
    assert wait <= 10
    mailbox, wait = ask(mailbox, "other.1", NOW, "mobile")
    assert wait <= 10
    _, wait = ask(mailbox, "stranger.99", NOW, "stranger")
    assert wait > 60


def test_a_home_with_many_networks_is_one_stranger() -> None:
    """Any IPv6 line has hundreds of networks /64."""

    def network(client: str) -> str:
        return network_key(client, b"p" * 32)

    mailbox = Mailbox()
    for n in range(30):
        with suppress(Wait):
            mailbox, _ = ask(mailbox, f"stranger.{n}", NOW, network(f"2001:db8:1:{n}::1"))
    assert sum(g.kept for g in mailbox.places) == 2
    mailbox, wait = ask(mailbox, "owner.1", NOW, network("2001:db8:2::1"))
    assert wait <= 10
    mailbox, wait = ask(mailbox, "owner.2", NOW, network("192.0.2.1"))
    assert wait <= 10


def test_many_networks_cannot_bury_the_owner_in_mails() -> None:
    mailbox = Mailbox()
    sent = 0
    for n in range(200):
        try:
            mailbox, wait = ask(mailbox, f"n{n}.1", NOW, f"network {n}")
        except Wait:
            continue
        sent += wait < 24 * 60
    assert sent <= 15


def test_a_few_strangers_cannot_fill_the_days_to_come() -> None:
    mailbox = Mailbox()
    for network in range(9):
        for n in range(10):
            with suppress(Wait):
                mailbox, _ = ask(mailbox, f"{network}.{n}", NOW, f"network {network}")
    _, wait = ask(mailbox, "owner.1", NOW, "home")
    assert wait <= 26 * 60


def test_no_mail_is_promised_for_a_time_when_its_registration_is_forgotten() -> None:
    mailbox = Mailbox()
    for n in range(190):
        with suppress(Wait):
            mailbox, wait = ask(mailbox, f"{n}.1", NOW, f"network {n}")
            assert wait <= 6 * 24 * 60
    with pytest.raises(Wait):
        ask(mailbox, "owner.1", NOW, "home")


def test_what_was_not_sent_is_given_back() -> None:
    mailbox, _ = ask(Mailbox(), "a.1", NOW)
    mailbox, _ = ask(mailbox, "b.1", NOW)
    mailbox = give_back(mailbox, "b", NOW)
    _, wait = ask(mailbox, "c.1", NOW)
    assert wait == 1
    assert give_back(mailbox, "a", NOW) is mailbox, "it has left already"


def test_a_record_stays_small_whatever_is_asked() -> None:
    mailbox = Mailbox()
    for n in range(11):
        mailbox, _ = ask(mailbox, f"a.{n}", NOW)
    with pytest.raises(Wait):
        ask(mailbox, "a.11", NOW)


def test_a_full_record_takes_only_a_mail_that_can_be_kept() -> None:
    waiting = (Place(NOW + (n + 1) * MINUTE, f"network {n // 10}", f"a.{n}") for n in range(200))
    mailbox, wait = ask(Mailbox(tuple(waiting)), "owner.1", NOW, "home")
    assert wait == 0
    for n in range(4):
        mailbox, _ = ask(mailbox, f"b.{n}", NOW, f"elsewhere {n}")
    with pytest.raises(Wait):
        ask(mailbox, "c.1", NOW, "the sixth")


def test_a_home_with_many_networks_cannot_fill_the_record() -> None:
    mailbox = Mailbox()
    for n in range(300):
        with suppress(Wait):
            mailbox, _ = ask(mailbox, f"s.{n}", NOW, f"{'the home':16}{n}")
    assert len(mailbox.places) <= 12


def test_a_stranger_who_comes_back_for_more_cannot_silence_the_owner_either() -> None:
    mailbox, now = Mailbox(), NOW
    for n in range(60):
        with suppress(Wait):
            mailbox, _ = ask(mailbox, f"stranger.{n}", now, "stranger")
        now += timedelta(minutes=7)
    _, wait = ask(mailbox, "owner.1", now, "home")
    assert wait <= 10


@given(
    st.lists(st.tuples(st.integers(0, 3600), st.sampled_from(["a", "b", "c", "d"])), max_size=40)
)
def test_no_window_ever_holds_more_than_it_may(asked: list[tuple[int, str]]) -> None:
    mailbox, now = Mailbox(), NOW
    times = []
    for n, (seconds, network) in enumerate(asked):
        now += timedelta(seconds=seconds)
        try:
            mailbox, at = take_place(mailbox, f"m.{n}", network, now)
        except Wait:
            continue
        assert at >= now
        times.append((at, next(g for g in mailbox.places if g.mail == f"m.{n}").kept))
    everything = sorted(t for t, _ in times)
    assert all(b - a >= MINUTE for a, b in pairwise(everything))
    plain = sorted(t for t, kept in times if not kept)
    for start in plain:
        assert sum(start <= t < start + HOUR for t in plain) <= 5
        assert sum(start <= t < start + DAY for t in plain) <= 10
