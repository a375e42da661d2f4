"""Lambda's runtime for this Python.

The packager's interpreter is the runtime: byte code is made by it, wheels are chosen for it, and
Chalice writes its version into the template.
"""

from __future__ import annotations

import sys

from ops.aws.botocore_data import session_without_profile
from ops.errors import CommandError


def lambda_runtimes() -> list[str]:
    """The Python runtimes of Lambda that the installed botocore knows, oldest first."""
    model = session_without_profile().get_service_model("lambda").shape_for("Runtime")
    found = [name for name in model.enum if name.startswith("python3.")]
    return sorted(found, key=lambda name: int(name.rpartition(".")[2]))


def lambda_runtime(version: tuple[int, int] = sys.version_info[:2]) -> str:
    """The name of Lambda's runtime for this Python, ``python3.13``.

    Raises ``CommandError`` when it has none, or when the project does not run on it.
    """
    major, minor = version
    name = f"python{major}.{minor}"
    usable = [known for known in lambda_runtimes() if int(known.rpartition(".")[2]) >= 11]
    if name not in usable:
        raise CommandError(
            f"Lambda has no runtime {name}, and what packages is what runs there. "
            f"Make .venv with one of {', '.join(usable)}: "
            f"rm -r .venv, then the same command with PYTHON={usable[0]}"
        )
    return name
