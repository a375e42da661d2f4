"""A user pool that behaves as Cognito does, where the registration room can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    OutcomeUnknown,
    TryLater,
)
from chalicelib.identity.user_pool import (
    AddressRefused,
    AliasHolder,
    AlreadyConfirmed,
    NoUser,
    SessionTokens,
    UserExists,
    UserState,
    WrongPassword,
)

DAY = timedelta(days=1)


@dataclass
class User:
    email: str
    code: str
    issued_at: datetime
    confirmed: bool = False
    verified: bool = False
    password: str | None = None
    finished: bool = False


class Pool:
    """A user pool as Cognito's is, where this room can tell."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.lookups: list[str] = []
        self.calls: list[str] = []
        self.drawn = 100_000
        self.lose_answers = 0
        self.dies_after = ""
        self.busy = 0
        self.refuse = False
        self.events: list[tuple[str, bool, str]] = []
        """Codes issued: reference, whether reissued, code."""

    def _code(self) -> str:
        self.drawn += 1
        return str(self.drawn)

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.busy:
            self.busy -= 1
            raise TryLater(7)
        if call == self.dies_after:
            self.dies_after = ""
            raise KeyboardInterrupt
        if self.lose_answers:
            self.lose_answers -= 1
            raise OutcomeUnknown()

    def sign_up(self, reference: str, email: str) -> None:
        if self.refuse:
            raise AddressRefused()
        if reference in self.users:
            self.calls.append("sign_up")
            raise UserExists()
        user = User(email, self._code(), self.clock())
        self.users[reference] = user
        self.events.append((reference, False, user.code))
        self._answer("sign_up")

    def state(self, reference: str) -> UserState:
        user = self.users.get(reference)
        if user is None:
            return UserState.NONE
        if not user.confirmed:
            return UserState.UNCONFIRMED
        return UserState.PROVEN if user.verified else UserState.DISPLACED

    def holder(self, email: str) -> AliasHolder | None:
        self.lookups.append(email)
        for reference, user in self.users.items():
            if user.verified and user.email.lower() == email.lower():
                return AliasHolder(reference, user.finished)
        return None

    def mark_finished(self, reference: str) -> None:
        if reference not in self.users:
            raise NoUser()
        self.users[reference].finished = True
        self._answer("mark_finished")

    def confirm(self, reference: str, code: str, *, take_over: bool) -> None:
        user = self.users.get(reference)
        if user is None:
            self._answer("confirm")
            raise CodeExpired()
        if user.confirmed:
            self._answer("confirm")
            raise AlreadyConfirmed()
        if self.clock() >= user.issued_at + DAY:
            self._answer("confirm")
            raise CodeExpired()
        if code != user.code:
            self._answer("confirm")
            raise CodeMismatch(0)
        holder = next(
            (u for u in self.users.values() if u.verified and u.email == user.email), None
        )
        if holder is not None and not take_over:
            self._answer("confirm")
            raise AccountExists()
        if holder is not None:
            holder.verified = False
        user.confirmed = user.verified = True
        self._answer("confirm forced" if take_over else "confirm")

    def reissue(self, reference: str) -> None:
        user = self.users.get(reference)
        if user is None or user.confirmed:
            raise AlreadyConfirmed()
        user.code, user.issued_at = self._code(), self.clock()
        self.events.append((reference, True, user.code))
        self._answer("reissue")

    def set_password(self, reference: str, password: str) -> None:
        if reference not in self.users:
            raise NoUser()
        self.users[reference].password = password
        self._answer("set_password")

    def sign_in(self, reference: str, password: str) -> SessionTokens:
        self._answer("sign_in")
        if reference not in self.users or self.users[reference].password != password:
            raise WrongPassword()
        return SessionTokens("access", "refresh", 900)

    def remove(self, reference: str) -> None:
        self.users.pop(reference, None)
        self._answer("remove")
