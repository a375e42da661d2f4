"""The commands that operators and maintainers run: ``.venv/bin/python -m ops COMMAND``."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's root directory."""
