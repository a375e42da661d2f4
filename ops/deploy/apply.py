"""One stack, brought to what it should be: a change set, shown, agreed to, executed, followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.aws.stack_events import follow, newest
from ops.aws.stacks import Stack, find, must_be_ready
from ops.deploy import change_set_api
from ops.deploy.change_set import Draft, Wanted, plan
from ops.stage import Refused
from ops.terminal import Terminal


class Declined(Exception):
    """Somebody said no; the message says what stands. What was agreed to before is done."""


@dataclass(frozen=True)
class Applying:
    """What changing stacks needs beside CloudFormation."""

    terminal: Terminal
    sleep: Callable[[float], None] = time.sleep

    def bring(self, cloudformation: Any, wanted: Wanted) -> Stack:
        """The stack as ``wanted``. Raises ``Declined``, and ``Refused`` when it cannot be or was
        rolled back. Whatever is raised before CloudFormation has begun, no change set is left; if
        it cannot be deleted, that is said."""
        stack = find(cloudformation, wanted.stack)
        must_be_ready(stack)
        draft = plan(wanted, stack)
        try:
            with self.terminal.waiting(f"{wanted.stack}: what would change"):
                drawn = change_set_api.draw(cloudformation, wanted, draft, self.sleep)
            if drawn is not None:
                self._agree(drawn)
        except BaseException:
            # Ctrl-C too.
            self._discard(cloudformation, draft)
            raise
        if drawn is None:
            self._discard(cloudformation, draft)
            self.terminal.say(f"{wanted.stack}: nothing changes.")
            return _standing(cloudformation, wanted.stack)
        return self._execute(cloudformation, drawn)

    def _agree(self, draft: Draft) -> None:
        to = "would be made" if draft.first else "would change"
        self.terminal.changes(draft, f"{draft.stack} {to}; resources: {len(draft.changes)}")
        if draft.losses:
            question = f"{draft.stack} would lose data (above)."
            agreed = self.terminal.typed(question, draft.stack, waived=False)
        else:
            agreed = self.terminal.agreed(f"Do this to {draft.stack}?")
        if not agreed:
            is_left = "nothing was made" if draft.first else "it stays as it stands"
            raise Declined(
                f"{draft.stack}: declined; {is_left}. The same command shows this change again."
            )

    def _execute(self, cloudformation: Any, draft: Draft) -> Stack:
        try:
            before = newest(cloudformation, draft.stack)
            change_set_api.execute(cloudformation, draft)
        except BaseException:
            # After a clear no it has not begun; after Ctrl-C or a lost answer it may have.
            self._discard(cloudformation, draft)
            raise
        begun = _standing(cloudformation, draft.stack)
        after = follow(cloudformation, begun.id, before, self.terminal, self.sleep)
        must_be_ready(after)
        if not after.well:
            raise Refused(f"{draft.stack} was put back as it was ({after.status}).")
        self.terminal.say(f"{draft.stack}: {after.status}", "green")
        return after

    def _discard(self, cloudformation: Any, draft: Draft) -> None:
        """Leave nothing of a change set, unless it has begun: CloudFormation goes on with it."""
        try:
            if not change_set_api.begun(cloudformation, draft):
                change_set_api.discard(cloudformation, draft)
        except BaseException as error:
            # What went wrong first is what the person must read, a second Ctrl-C or not.
            why = str(error) or "stopped"
            self.terminal.say(
                f"The change set {draft.name} of {draft.stack} may be left: {why}", "yellow"
            )


def _standing(cloudformation: Any, name: str) -> Stack:
    stack = find(cloudformation, name)
    if stack is None:
        raise Refused(f"{name} is not there any more: somebody else deleted it.")
    return stack
