import random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.reference import (
    ALPHABET,
    draw_label,
    draw_reference,
    grouped,
    parse_reference,
)

SEEDS = st.integers(0, 2**32)


def drawn(seed: int) -> str:
    return draw_reference(random.Random(seed).randrange)


def test_each_character_is_drawn_by_itself() -> None:
    many = [draw_reference() for _ in range(2000)]
    assert all({reference[at] for reference in many} == set(ALPHABET) for at in range(10))


def test_no_look_alikes_and_no_vowels() -> None:
    assert not set(ALPHABET) & set("01OILZSBUAEU")


@given(SEEDS)
def test_a_reference_survives_being_read_and_typed(seed: int) -> None:
    reference = drawn(seed)
    assert len(reference) == 10
    assert parse_reference(grouped(reference)) == reference
    assert parse_reference(f" {grouped(reference).lower()} ") == reference


@given(SEEDS, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(seed: int, at: int, other: str) -> None:
    reference = drawn(seed)
    wrong = reference[:at] + other + reference[at + 1 :]
    assert wrong == reference or parse_reference(wrong) is None


@given(SEEDS, st.integers(0, 7))
def test_two_swapped_characters_are_noticed(seed: int, at: int) -> None:
    reference = drawn(seed)
    swapped = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    assert swapped == reference or parse_reference(swapped) is None


def test_labels_have_two_characters_of_the_same_alphabet() -> None:
    assert all(len(draw_label()) == 2 and set(draw_label()) <= set(ALPHABET) for _ in range(50))
