"""A change set as a table at the terminal; what loses data stands out."""

from __future__ import annotations

from ops.deploy.change_set import ChangeSet, ResourceChange
from ops.terminal import Terminal

_REPLACED = {"True": "REPLACED", "Conditional": "perhaps"}


def print_change_set(terminal: Terminal, change_set: ChangeSet, title: str) -> None:
    """Print the changes, those that lose data first, and a warning for each of these."""
    rows = []
    for change in sorted(change_set.changes, key=_worst_first):
        replaced = _REPLACED.get(change.replacement, "")
        cells = (change.action, change.logical_id, change.resource_type, replaced)
        rows.append([(cell, _style(change)) for cell in cells])
    terminal.print_table(title, ("action", "what", "type", "replaced"), rows)
    for change in change_set.data_losses:
        terminal.print_line(
            f"{change.logical_id} ({change.resource_type}) LOSES what is in it.", "bold red"
        )


def _style(change: ResourceChange) -> str:
    if change.loses_data:
        return "bold white on red"
    if change.action == "Remove":
        return "red"
    return "yellow" if change.replacement in _REPLACED else ""


def _worst_first(change: ResourceChange) -> tuple[bool, str, str]:
    return (not change.loses_data, change.action, change.logical_id)
