"""cfn-lint, run on a template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint import api


def lint(name: str, template: str | Mapping[str, Any], region: str) -> Iterator[str]:
    """The errors and warnings of cfn-lint, a line each that begins with ``name``."""
    text = template if isinstance(template, str) else json.dumps(template, ensure_ascii=False)
    for match in api.lint(text, regions=[region]):
        path = ".".join(str(step) for step in match.path or ())
        yield f"{name}: {match.rule.id} {match.message} ({path or f'line {match.linenumber}'})"
