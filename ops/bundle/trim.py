"""Trim the bundle: each step removes one kind of file or data that nothing reads in Lambda.

What is left must still make every client in use, resolve its endpoint in Tokyo and Osaka, open
Cognito's envelopes and check tokens: tests/ops/bundle/test_bundle.py holds every step to it.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

SERVICES = frozenset({"cognito-idp", "dynamodb", "kms", "sesv2", "sqs", "sts"})
"""The services whose models stay. ``sts`` is here because a session may have to ask it who
it is; the others are what ``chalicelib/aws`` makes clients of."""

PARTITION = "aws"

UNUSED_PACKAGES = (
    # cryptography needs cffi's compiled half only, and pycparser serves the other half.
    "cffi",
    "pycparser",
    "bin",
    # Resource descriptions for boto3.resource(), which nothing here calls.
    "boto3/data",
    "boto3/examples",
    # A copy of the world's time zones. Times from AWS are in UTC; Japan's zone is in our own code.
    "dateutil/zoneinfo",
)
UNUSED_FILES = ("*.pyi", "*.c", "*.h", "*.pxd", "*.pyx", "py.typed")

AMAZON_ROOTS = "amazon-roots.pem"
"""The roots that sign AWS's endpoints: with ``AWS_CA_BUNDLE`` on this file the first TLS
connection of each client reads a handful of certificates instead of 126."""
_ROOT = re.compile(
    r"^# Subject: CN=(?:Amazon Root CA \d|Starfield [^\n]*) O=(?:Amazon|Starfield Tech[^\n]*)\n"
    r"(?:#[^\n]*\n)*(-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n)",
    re.MULTILINE | re.DOTALL,
)


def trim_bundle(tree: Path) -> None:
    """Run all steps, in an order that keeps each one simple."""
    remove_unused(tree)
    data = tree / "botocore" / "data"
    trim_services(data)
    strip_documentation(data)
    trim_endpoints(data / "endpoints.json")
    write_amazon_roots(tree)


def remove_unused(tree: Path) -> None:
    """Remove packages, metadata and files that nothing reads at run time."""
    for package in UNUSED_PACKAGES:
        shutil.rmtree(tree / package, ignore_errors=True)
    for info in tree.glob("*.dist-info"):
        shutil.rmtree(info)
    for pattern in UNUSED_FILES:
        for file in tree.rglob(pattern):
            file.unlink()


def trim_services(data: Path, kept: frozenset[str] = SERVICES) -> None:
    """Of botocore's ``data``, keep the newest version of each service in ``kept``.

    Raises ``FileNotFoundError`` when botocore does not know one of them (a misspelling).
    """
    for name in kept:
        if not (data / name).is_dir():
            raise FileNotFoundError(f"botocore has no service {name}")
    for service in (entry for entry in data.iterdir() if entry.is_dir()):
        if service.name not in kept:
            shutil.rmtree(service)
            continue
        *old, _ = sorted(version for version in service.iterdir() if version.is_dir())
        for version in old:
            shutil.rmtree(version)
        for name in ("examples-1", "paginators-1", "paginators-1.sdk-extras", "waiters-2"):
            for file in service.rglob(f"{name}.json*"):
                file.unlink()


def strip_documentation(data: Path) -> None:
    """Unpack the service models and remove their documentation, which is most of them."""
    for packed in data.rglob("*.json.gz"):
        with gzip.open(packed, "rt", encoding="utf-8") as file:
            content = _without_documentation(json.load(file))
        _write_json(packed.with_suffix(""), content)
        packed.unlink()


def trim_endpoints(file: Path, kept: frozenset[str] = SERVICES) -> None:
    """Of ``endpoints.json``, keep our partition, and of it the services in ``kept``."""
    content = json.loads(file.read_text(encoding="utf-8"))
    # Endpoints are listed by host name, which is not always the service's name in botocore.
    hosts = kept | {"email"}
    content["partitions"] = [
        {**p, "services": {name: s for name, s in p["services"].items() if name in hosts}}
        for p in content["partitions"]
        if p["partition"] == PARTITION
    ]
    _write_json(file, content)


def write_amazon_roots(tree: Path) -> None:
    """Write ``AMAZON_ROOTS`` from the certificates that botocore brings.

    Raises ``ValueError`` when they are not found among them.
    """
    bundled = (tree / "botocore" / "cacert.pem").read_text(encoding="utf-8")
    chosen = _ROOT.findall(bundled)
    if len(chosen) < 5:
        raise ValueError("botocore's cacert.pem does not name Amazon's roots as it used to")
    (tree / AMAZON_ROOTS).write_text("".join(chosen), encoding="utf-8")


def _without_documentation(node: Any) -> Any:
    if isinstance(node, dict):
        # A shape may have a member of this name: that one is a dictionary.
        return {
            key: _without_documentation(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_documentation(value) for value in node]
    return node


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
