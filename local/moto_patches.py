"""Patches of moto's classes and modules, and their removal."""

from __future__ import annotations

from typing import Any

_MISSING = object()


class MotoPatches:
    """Monkey patches of classes, modules and dictionaries, remembered for ``remove``.

    moto finds methods of its response classes at each request, so assigning them is enough.
    """

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []
        self._added: list[tuple[dict[str, Any], str]] = []

    def add(self, where: dict[str, Any], key: str, value: Any) -> None:
        """Add an entry to a dictionary that has none under ``key``."""
        if key not in where:
            where[key] = value
            self._added.append((where, key))

    def put(self, where: Any, name: str, value: Any) -> None:
        """Assign ``where.name = value``."""
        self._before.append((where, name, vars(where).get(name, _MISSING)))
        setattr(where, name, value)

    def replace(self, where: Any, name: str, value: Any) -> Any:
        """Assign over what must be there; returns what was there.

        Raises ``AttributeError`` when it is not: then this moto is another one.
        """
        before = getattr(where, name)
        self.put(where, name, value)
        return before

    def remove(self) -> None:
        """Put everything back."""
        for where, name, value in reversed(self._before):
            if value is _MISSING:
                delattr(where, name)
            else:
                setattr(where, name, value)
        for added, key in self._added:
            del added[key]
        self._before.clear()
        self._added.clear()
