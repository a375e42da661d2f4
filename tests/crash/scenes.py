"""What one process does, and what another does in between: scenes and acts for two processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from chalicelib.errors import NoRegistration
from tests.crash.applicant import Applicant
from tests.crash.neighbour import Neighbour
from tests.crash.process import Process

DAY = 86_400
WEEK = 7 * DAY


class Play:
    """An applicant, the process that serves it, a process beside that, and another browser with
    the same address."""

    def __init__(self, process: Process, neighbour: Neighbour) -> None:
        self.process, self.neighbour = process, neighbour
        self.applicant = Applicant(process)
        self.other = Applicant(process, self.applicant.email, "198.51.100.7")

    def pass_time(self, seconds: float) -> None:
        """Nobody does anything."""
        self.process.cloud.clock.put_forward(seconds)

    @contextmanager
    def beside(self, applicant: Applicant) -> Iterator[Applicant]:
        """This browser's requests are answered by the neighbour."""
        applicant.process = self.neighbour
        try:
            yield applicant
        finally:
            applicant.process = self.process

    def other_asks(self) -> None:
        """With another label: only by it are their mails told apart. One in 625 is the same."""
        self.other.ask()
        while self.other.registration.attempt.label == self._label:
            self.other.cancel()
            self.other.token = None
            self.other.ask()

    @property
    def _label(self) -> str | None:
        try:
            return self.applicant.registration.attempt.label
        except NoRegistration:
            return None

    def contested(self) -> None:
        """Both browsers have a code for the address."""
        self.applicant.asked()
        self.other_asks()
        self.process.until(lambda: bool(self.other.own_codes))


Act = Callable[[Play], object]
"""What the neighbour does."""
Acting = Callable[[], AbstractContextManager[None]]
Scene = Callable[[Play, Acting], object]
"""What the process does; ``with acting():`` is where the neighbour has its turn."""


def same(play: Play) -> None:
    """The request, the job or the event comes twice."""
    if play.process.running:
        play.process.running(play.neighbour)


def sweep(play: Play) -> None:
    play.neighbour.sweep()
    play.neighbour.settle()


def work(play: Play) -> None:
    play.neighbour.settle()


def correct(play: Play) -> None:
    with play.beside(play.applicant) as applicant:
        applicant.correct("right." + applicant.email)


def cancel(play: Play) -> None:
    with play.beside(play.applicant) as applicant:
        applicant.cancel()


def send_again(play: Play) -> None:
    play.applicant.press_again(play.neighbour.services)


def verify(play: Play) -> None:
    with play.beside(play.applicant) as applicant:
        applicant.enter(_newest(applicant))


def verify_wrong(play: Play) -> None:
    with play.beside(play.applicant) as applicant:
        applicant.enter(f"{(int(_newest(applicant)) + 1) % 1_000_000:06d}")


def _newest(applicant: Applicant) -> str:
    """The code in this browser's newest mail; a guess where none has come."""
    return (applicant.own_codes or ["000000"])[-1]


def complete(play: Play) -> None:
    with play.beside(play.applicant) as applicant:
        applicant.complete()


def register_too(play: Play) -> None:
    with play.beside(play.other):
        play.other_asks()


def take_over(play: Play) -> None:
    with play.beside(play.other) as other:
        other.enter(other.own_codes[-1])


def others_complete(play: Play) -> None:
    with play.beside(play.other) as other:
        other.complete()


def registers(play: Play, acting: Acting) -> None:
    with acting():
        play.applicant.ask()


def is_signed_up_late(play: Play, acting: Acting) -> None:
    play.applicant.ask()
    play.pass_time(150)
    with acting():
        play.process.work()


def gets_its_code_late(play: Play, acting: Acting) -> None:
    play.applicant.ask()
    play.process.work()
    play.pass_time(70)
    with acting():
        play.process.settle()


def sends_again(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    play.process.minute()
    with acting():
        play.applicant.send_again()
        play.process.settle()


def sends_again_after_expiry(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    play.pass_time(DAY + 60)
    with acting():
        play.applicant.send_again()
        play.process.settle()


def loses_its_code(play: Play, acting: Acting) -> None:
    play.applicant.ask()
    play.process.work()
    play.process.cloud.codes.clear()
    play.pass_time(70)
    with acting():
        play.process.sweep()
        play.process.settle()


def verifies(play: Play, acting: Acting) -> None:
    play.contested()
    with acting():
        play.applicant.enter(play.applicant.own_codes[-1])
        play.process.settle()


def takes_over(play: Play, acting: Acting) -> None:
    play.contested()
    play.other.enter(play.other.own_codes[-1])
    with acting():
        play.applicant.enter(play.applicant.own_codes[-1])
        play.process.settle()


def completes(play: Play, acting: Acting) -> None:
    play.contested()
    play.applicant.enter(play.applicant.own_codes[-1])
    with acting():
        play.applicant.complete()
        play.process.settle()


def corrects(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    with acting():
        play.applicant.correct("right." + play.applicant.email)
        play.process.settle()


def cancels(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    with acting():
        play.applicant.cancel()
        play.process.settle()


def cancels_verified(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    play.applicant.prove()
    with acting():
        play.applicant.cancel()
        play.process.settle()


def is_forgotten(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    play.pass_time(WEEK)
    with acting():
        play.process.sweep()
        play.process.settle()


def is_forgotten_verified(play: Play, acting: Acting) -> None:
    play.applicant.asked()
    play.applicant.prove()
    play.pass_time(WEEK)
    with acting():
        play.process.sweep()
        play.process.settle()


SCENES: dict[Scene, tuple[Act, ...]] = {
    registers: (same, work, register_too),
    is_signed_up_late: (same, sweep, correct, cancel, send_again, register_too),
    gets_its_code_late: (same, sweep, correct, cancel, send_again),
    sends_again: (same, sweep, work, correct, cancel, verify, verify_wrong),
    sends_again_after_expiry: (same, sweep, work, correct, cancel, verify),
    loses_its_code: (same, sweep, correct, cancel, send_again),
    verifies: (same, verify_wrong, correct, cancel, send_again, take_over),
    takes_over: (same, verify_wrong, correct, cancel, others_complete),
    completes: (same, take_over, cancel, send_again),
    corrects: (same, work, verify, verify_wrong, cancel, send_again),
    cancels: (same, work, verify, correct, send_again, register_too),
    cancels_verified: (same, work, complete, register_too),
    is_forgotten: (same, sweep, correct, cancel, verify, send_again, register_too),
    is_forgotten_verified: (same, sweep, complete, cancel),
}
