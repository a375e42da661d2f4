"""Apply a stack's desired state: create a change set, confirm it, execute it, wait for the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.aws.stack_events import latest_event_id, wait_for_stack
from ops.aws.stacks import Stack, find_stack, require_updatable
from ops.deploy.change_set import ChangeSet, new_change_set
from ops.deploy.change_set_api import (
    create_change_set,
    delete_change_set,
    execute_change_set,
    has_started,
)
from ops.deploy.change_set_table import print_change_set
from ops.deploy.desired_stack import DesiredStack
from ops.errors import CommandError, Declined
from ops.terminal import Terminal


@dataclass(frozen=True)
class StackApplier:
    """Applies desired states to stacks, and asks somebody at a terminal before each change."""

    terminal: Terminal
    sleep: Callable[[float], None] = time.sleep

    def apply(self, cloudformation: Any, desired: DesiredStack) -> Stack:
        """Bring the stack to its desired state.

        Raises ``Declined``, and ``CommandError`` when it cannot be changed or was rolled back.
        Whatever is raised before CloudFormation has begun, no change set is left; if it cannot
        be deleted, that is said.
        """
        stack = find_stack(cloudformation, desired.stack)
        require_updatable(stack)
        change_set = new_change_set(desired.stack, stack)
        try:
            with self.terminal.progress(f"{desired.stack}: what would change"):
                created = create_change_set(cloudformation, desired, change_set, self.sleep)
            if created is not None:
                self._confirm(created)
        except BaseException:
            # Ctrl-C too.
            self._delete(cloudformation, change_set)
            raise
        if created is None:
            self._delete(cloudformation, change_set)
            self.terminal.print_line(f"{desired.stack}: nothing changes.")
            return _existing_stack(cloudformation, desired.stack)
        return self._execute(cloudformation, created)

    def _confirm(self, change_set: ChangeSet) -> None:
        name = change_set.stack
        would = "would be made" if change_set.creates_stack else "would change"
        print_change_set(
            self.terminal, change_set, f"{name} {would}; resources: {len(change_set.changes)}"
        )
        if change_set.data_losses:
            question = f"{name} would lose data (above)."
            agreed = self.terminal.confirm_by_typing(question, name, waived=False)
        else:
            agreed = self.terminal.confirm(f"Do this to {name}?")
        if not agreed:
            is_left = "nothing was made" if change_set.creates_stack else "it stays as it stands"
            raise Declined(
                f"{name}: declined; {is_left}. The same command shows this change again."
            )

    def _execute(self, cloudformation: Any, change_set: ChangeSet) -> Stack:
        try:
            last_event = latest_event_id(cloudformation, change_set.stack)
            execute_change_set(cloudformation, change_set)
        except BaseException:
            # After a clear no it has not begun; after Ctrl-C or a lost answer it may have.
            self._delete(cloudformation, change_set)
            raise
        started = _existing_stack(cloudformation, change_set.stack)
        ended = wait_for_stack(cloudformation, started.id, last_event, self.terminal, self.sleep)
        require_updatable(ended)
        if not ended.is_complete:
            raise CommandError(f"{change_set.stack} was put back as it was ({ended.status}).")
        self.terminal.print_line(f"{change_set.stack}: {ended.status}", "green")
        return ended

    def _delete(self, cloudformation: Any, change_set: ChangeSet) -> None:
        """Delete a change set, unless it has started: CloudFormation goes on with it."""
        try:
            if not has_started(cloudformation, change_set):
                delete_change_set(cloudformation, change_set)
        except BaseException as error:
            # What went wrong first is what the person must read, a second Ctrl-C or not.
            why = str(error) or "stopped"
            self.terminal.print_line(
                f"The change set {change_set.name} of {change_set.stack} may be left: {why}",
                "yellow",
            )


def _existing_stack(cloudformation: Any, name: str) -> Stack:
    stack = find_stack(cloudformation, name)
    if stack is None:
        raise CommandError(f"{name} is not there any more: somebody else deleted it.")
    return stack
