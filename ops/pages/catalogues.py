"""gettext catalogues: extract messages from the sources; check, update and compile them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from chalicelib.locales import DOMAIN, LOCALES

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdifr]|\{\w*\}")
_MADE = datetime(2026, 11, 24, tzinfo=UTC)
"""A fixed date in the files' headers: a new one would be noise in every diff."""

Id = str | tuple[str, ...]
"""A message, or its singular and plural."""


def path(root: Path, locale: str) -> Path:
    """The path of a locale's catalogue."""
    folder = locale.replace("-", "_")
    return root / "chalicelib" / "locales" / folder / "LC_MESSAGES" / f"{DOMAIN}.po"


def extract_messages(root: Path) -> dict[Id, list[str]]:
    """Extract the messages marked in Python files and templates, each with the files it is in."""
    found: dict[Id, set[str]] = {}
    keywords = {"_": None, "gettext": None, "plain": None, "ngettext": (1, 2)}
    for folder, methods, options in (
        ("chalicelib", [("web/pages/built/**", "ignore"), ("**.py", "python")], {}),
        ("frontend/templates", [("**.html", "jinja2")], {"**.html": {"silent": "false"}}),
    ):
        extracted = extract_from_dir(
            root / folder, methods, options, keywords=keywords, comment_tags=()
        )
        for name, _line, message, _comments, _context in extracted:
            found.setdefault(message, set()).add(f"{folder}/{name}")
    return {message: sorted(files) for message, files in found.items() if message}


def read(root: Path, locale: str) -> Catalog:
    """Read a locale's catalogue; an empty one when there is no file yet."""
    file = path(root, locale)
    if not file.exists():
        return _empty_catalogue(locale)
    with file.open("rb") as source:
        return read_po(source, locale=locale[:2], abort_invalid=True)


def check(root: Path) -> list[str]:
    """The errors in the catalogues, a line each; none when they are complete."""
    wanted = extract_messages(root)
    errors: list[str] = []
    for locale in LOCALES:
        where = path(root, locale).relative_to(root)
        known = _messages_by_id(read(root, locale))
        for id in wanted.keys() - known.keys():
            errors.append(f"{where}: missing: {id!r} ({', '.join(wanted[id])})")
        for id, message in known.items():
            texts = _translations(message)
            if id not in wanted:
                errors.append(f"{where}: no source has it any more: {id!r}")
            elif message.fuzzy:
                errors.append(f"{where}: fuzzy: {id!r}")
            elif not all(texts):
                errors.append(f"{where}: not translated: {id!r}")
            elif any(_placeholders(text) != _placeholders(_last(id)) for text in texts):
                errors.append(f"{where}: other placeholders than its id: {id!r}")
    return sorted(errors)


def update(root: Path) -> None:
    """Bring each catalogue's ids in line with the sources; translations are kept.

    English says its ids; what the other languages still lack stays empty, and ``check`` fails.
    """
    wanted = extract_messages(root)
    for locale in LOCALES:
        old = {id: message.string for id, message in _messages_by_id(read(root, locale)).items()}
        new = _empty_catalogue(locale)
        for id in sorted(wanted, key=lambda id: (wanted[id], _last(id))):
            spoken = old.get(id) or (id if locale == "en" else None)
            new.add(id, spoken, locations=[(file, 0) for file in wanted[id]])
        text = BytesIO()
        write_po(text, new, width=100, include_lineno=False)
        path(root, locale).parent.mkdir(parents=True, exist_ok=True)
        path(root, locale).write_bytes(text.getvalue())


def compile_all(root: Path) -> None:
    """Write the ``.mo`` beside each ``.po``."""
    for locale in LOCALES:
        with path(root, locale).with_suffix(".mo").open("wb") as target:
            write_mo(target, read(root, locale))


def _empty_catalogue(locale: str) -> Catalog:
    return Catalog(
        locale=locale[:2],
        domain=DOMAIN,
        project="Todoku",
        version="1",
        copyright_holder="the Todoku contributors",
        header_comment=f"# The words of the pages and mails: {locale}.",
        msgid_bugs_address="none",
        last_translator="the Todoku contributors",
        language_team=locale,
        creation_date=_MADE,
        revision_date=_MADE,
        fuzzy=False,
    )


def _messages_by_id(catalog: Catalog) -> dict[Id, Message]:
    """By id, without the header."""
    return {tuple(m.id) if isinstance(m.id, list) else m.id: m for m in catalog if m.id}


def _translations(message: Message) -> tuple[str, ...]:
    """A translation, or one for each plural."""
    return (
        (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)
    )


def _last(id: Id) -> str:
    return id if isinstance(id, str) else id[-1]


def _placeholders(text: str) -> list[str]:
    """Which values a message takes; in another language their order may differ."""
    return sorted({match[0] for match in _PLACEHOLDER.finditer(text)})
