"""Patches of two packages in the bundle, whose imports do needless work.

Together they save a sixth of what a cold start may cost. Each patch means the same as what it
replaces, which tests/ops/bundle/test_import_patches.py shows, and fails when a new version of
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


class PatchError(Exception):
    """A patch does not apply: the package has changed. The message names the file."""


def patch_imports(tree: Path) -> None:
    """Apply both patches. Raises ``PatchError``."""
    patch_email_validator(tree)
    patch_urllib3(tree)


def patch_email_validator(tree: Path) -> None:
    """Patch four patterns for addresses beyond ASCII, which we refuse, to compile quickly."""
    _replace(tree / "email_validator" / "rfc_constants.py", PATTERNS)


def patch_urllib3(tree: Path) -> None:
    """Patch the import of ``importlib.metadata``, for HTTP/2's version, to happen only there."""
    line = "from importlib.metadata import version\n"
    asked = '    h2_version = version("h2")\n'
    file = tree / "urllib3" / "http2" / "__init__.py"
    _replace(file, {line: "", asked: f"    {line}{asked}"})


def _replace(file: Path, replacements: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in replacements.items():
        if text.count(old) != 1:
            raise PatchError(f"{file.parent.name}/{file.name} has no longer: {old.strip()}")
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
