"""The lattice of a mail's states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trail.delivery_states import (
    STATES,
    StateChange,
    StateChanges,
    in_order,
    join,
    shown,
)

START = datetime(2026, 11, 24, tzinfo=UTC)

# Few times and reasons, so that ties are common.
times = st.integers(0, 5).map(lambda s: START + timedelta(seconds=s))
reasons = st.none() | st.sampled_from(["policy", "other"])
known = st.dictionaries(
    st.sampled_from(STATES),
    st.builds(StateChange, times, reasons, st.none() | st.just("550 no")),
)


@given(known, known)
def test_order_of_two_does_not_matter(one: StateChanges, other: StateChanges) -> None:
    assert join(one, other) == join(other, one)


@given(known, known, known)
def test_grouping_does_not_matter(a: StateChanges, b: StateChanges, c: StateChanges) -> None:
    assert join(join(a, b), c) == join(a, join(b, c))


@given(known, known)
def test_learning_again_changes_nothing(one: StateChanges, other: StateChanges) -> None:
    both = join(one, other)
    assert join(both, other) == both
    assert join(one, one) == one


@given(known, known)
def test_each_state_keeps_its_earliest_time(one: StateChanges, other: StateChanges) -> None:
    both = join(one, other)
    assert both.keys() == one.keys() | other.keys()
    for state, change in both.items():
        assert change.at == min(m[state].at for m in (one, other) if state in m)


@given(known, known)
def test_what_is_shown_never_goes_back(one: StateChanges, other: StateChanges) -> None:
    rank = STATES.index
    assert rank(shown(join(one, other))) == max(rank(shown(one)), rank(shown(other)))


@given(known)
def test_steps_are_in_order_of_state_and_of_time(states: StateChanges) -> None:
    steps = in_order(states)
    assert [state for state, _ in steps] == [state for state in STATES if state in states]
    assert [at for _, at in steps] == sorted(at for _, at in steps)
    assert all(at >= states[state].at for state, at in steps)


def test_a_bounce_hides_an_earlier_delivery_whatever_came_first() -> None:
    states: StateChanges = {
        "bounced": StateChange(START + timedelta(seconds=9)),
        "delivered": StateChange(START + timedelta(seconds=3)),
        "sent": StateChange(START),
    }
    assert shown(states) == "bounced"


def test_a_delay_is_over_once_delivered() -> None:
    assert shown({"delivered": StateChange(START), "delayed": StateChange(START)}) == "delivered"


def test_of_a_mail_nothing_is_known_it_waits() -> None:
    assert shown({}) == "waiting"


def test_an_answer_hides_a_delay_and_no_delivery() -> None:
    change = StateChange(START)
    assert shown({"delivered": change, "answered": change}) == "delivered"
    assert shown({"delayed": change, "answered": change}) == "answered"
