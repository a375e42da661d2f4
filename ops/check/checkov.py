"""checkov, run on template files in an environment of its own: its pins are not the project's.

What it finds is fixed or waived with a reason, in ``.checkov.yaml``.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ops import ROOT

CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
WAIVERS = ROOT / ".checkov.yaml"


class CheckovError(Exception):
    """checkov is not installed, or failed; the message has its words."""


def scan(files: Sequence[Path], waivers: Path = WAIVERS) -> Iterator[str]:
    """The failed checks of checkov in CloudFormation templates, a line each.

    Raises ``CheckovError``.
    """
    if not CHECKOV.exists():
        raise CheckovError(f"{CHECKOV.relative_to(ROOT)} is not there: make check makes it.")
    told = subprocess.run(
        [
            str(CHECKOV),
            f"--config-file={waivers}",
            *(f"--file={file}" for file in files),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    try:
        report: Any = json.loads(told.stdout)
        failed, broken = report["results"]["failed_checks"], report["summary"]["parsing_errors"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckovError(f"checkov answered: {told.stdout[-500:]}{told.stderr[-500:]}") from error
    if broken:
        yield f"checkov cannot read {broken} of {', '.join(file.name for file in files)}"
    for check in failed:
        name = Path(check["file_path"]).name
        yield f"{name}: {check['check_id']} {check['check_name']} ({check['resource']})"
