"""Two places where an import does needless work, rewritten in the bundle's copy.

Together they are a sixth of what a cold start may cost. Each rewriting means the same as what
it replaces, which tests/ops/bundle/test_import_patches.py shows, and fails when a new version of
the package no longer reads as it did: then look whether it is still needed.
"""

from __future__ import annotations

from pathlib import Path

BEYOND_ASCII = r'"\u0080-\U0010FFFF"'

PATTERNS = {
    # A class that spans all planes costs 6 ms to compile; a negated one means the same and
    # costs nothing.
    r"""re.compile('[.' + ATEXT_INTL + ']')""": (
        r"""re.compile('(?:[.' + ATEXT + r']|[^\x00-\x7f])')"""
    ),
    r"""re.compile('[' + ATEXT_INTL + ']+(?:\\.[' + ATEXT_INTL + r']+)*\Z')""": (
        r"""re.compile('(?:[' + ATEXT + r']|[^\x00-\x7f])+"""
        r"""(?:\.(?:[' + ATEXT + r']|[^\x00-\x7f])+)*\Z')"""
    ),
    rf"""re.compile(r"[a-zA-Z0-9\-\." + {BEYOND_ASCII} + "]")""": (
        r"""re.compile(r"[a-zA-Z0-9\-\.]|[^\x00-\x7f]")"""
    ),
    r"""re.compile(r"[\u0020-\u007E\u0080-\U0010FFFF]")""": (
        r"""re.compile(r"[\u0020-\u007E]|[^\x00-\x7f]")"""
    ),
}


class Unexpected(Exception):
    """A package does not read as it did when its rewriting was made; the message names it."""


def everything(tree: Path) -> None:
    """Both rewritings. Raises ``Unexpected``."""
    address_patterns(tree)
    http2_version(tree)


def address_patterns(tree: Path) -> None:
    """email-validator compiles four patterns for addresses beyond ASCII, which we refuse."""
    _rewrite(tree / "email_validator" / "rfc_constants.py", PATTERNS)


def http2_version(tree: Path) -> None:
    """urllib3 imports ``importlib.metadata`` to ask for HTTP/2's version, which we never do."""
    line = "from importlib.metadata import version\n"
    asked = '    h2_version = version("h2")\n'
    file = tree / "urllib3" / "http2" / "__init__.py"
    _rewrite(file, {line: "", asked: f"    {line}{asked}"})


def _rewrite(file: Path, replacements: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in replacements.items():
        if text.count(old) != 1:
            raise Unexpected(f"{file.parent.name}/{file.name} has no longer: {old.strip()}")
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
