"""What a person sees and is asked."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ops.check_result import missing, ok
from ops.errors import CommandError
from ops.terminal import Terminal
from tests.ops.conftest import Person


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("Yes ", True), ("n", False), ("", False), ("ye", False)]
)
def test_only_a_yes_is_a_yes(answer: str, agreed: bool) -> None:
    assert Person(answer).confirm("Do it?") is agreed


def test_the_end_of_input_is_a_no() -> None:
    assert not Person(EOFError()).confirm("Do it?")
    assert not Person(EOFError()).confirm_by_typing("Sure?", "todoku", waived=False)


def test_without_a_terminal_the_question_is_refused_in_a_line() -> None:
    with pytest.raises(CommandError, match=r"Do it\? There is no terminal") as error:
        Person().confirm("Do it?")
    assert "\n" not in str(error.value)


def test_yes_answers_a_plain_question_but_not_one_about_losses() -> None:
    assert Person(yes=True).confirm("Do it?")
    assert Person(yes=True).confirm_by_typing("Sure?", "todoku", waived=True)
    with pytest.raises(CommandError):
        Person(yes=True).confirm_by_typing("Sure?", "todoku", waived=False)


def test_check_results_are_a_line_each_and_nothing_in_them_is_markup() -> None:
    person = Person()
    person.print_check_results("Preflight", [ok("region", "is [bold]"), missing("SES", "ask")])
    assert "is [bold]" in person.heard
    assert "missing" in person.heard


def test_a_progress_bar_is_for_a_terminal_alone() -> None:
    person = Person()
    with person.bar("bringing back", 2) as done:
        done()
    assert person.heard == ""

    file = io.StringIO()
    seen = Terminal(Console(file=file, width=80, force_terminal=True), None)
    with seen.bar("bringing back", 2) as done:
        done()
    assert "bringing back" in file.getvalue()
    assert "50%" in file.getvalue()


def test_a_long_line_stays_one_to_be_copied() -> None:
    person = Person()
    person.print_line("x" * 300)
    assert person.heard == "x" * 300 + "\n"
