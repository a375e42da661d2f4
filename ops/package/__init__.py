"""The package of a stage: templates and zip, all that a deployment needs, without an account.

``out/STAGE/service.json`` and ``sender.yaml`` say what will exist, ``deployment.zip`` is what the
functions run. The same sources give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cloudformation.template import Template
from ops.bundle import bundle, collect
from ops.errors import CommandError
from ops.package.environment_size import environment_errors
from ops.package.lambda_runtime import lambda_runtime
from ops.package.sam_template import service_template
from ops.stage.settings import Stage
from ops.temporary_folder import temporary_folder

MAX_ZIP_BYTES = 12_000_000
"""Bytes: the zip is read at each cold start."""
TEMPORARY_PREFIX = ".packaging-"


@dataclass(frozen=True)
class Package:
    """The files of a package."""

    folder: Path
    build: str
    """The first digits of the zip's SHA-256; ``/health`` tells it."""

    @property
    def service(self) -> Path:
        """The service's template."""
        return self.folder / "service.json"

    @property
    def sender(self) -> Path:
        """One sending route's template."""
        return self.folder / "sender.yaml"

    @property
    def archive(self) -> Path:
        """The functions' code."""
        return self.folder / "deployment.zip"


def package(
    root: Path,
    stage: Stage,
    out: Path,
    architecture: str | None,
    on_step: Callable[[str], None] = lambda step: None,
) -> Package:
    """Make ``out/STAGE`` anew; until all of it is there, what was there stays.

    ``architecture`` None makes a zip for this machine from what is installed here, for tests.
    ``on_step`` is called with what is being done. Raises ``CommandError``, and what ``bundle``
    raises.
    """
    lambda_runtime()
    if not _is_built(root):
        raise CommandError("The pages and the catalogues of words are not built: make build")
    out.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    with temporary_folder(TEMPORARY_PREFIX, out) as folder:
        new = folder / "new"
        new.mkdir()
        on_step(f"dependencies for {architecture or 'this machine'}, trimmed and compiled")
        made = bundle(root, folder / "bundle", architecture)
        if made.size > MAX_ZIP_BYTES:
            raise CommandError(
                f"The zip has {made.size / 1e6:.1f} MB, {MAX_ZIP_BYTES / 1e6:.0f} are allowed."
            )
        made.archive.rename(new / "deployment.zip")
        build = hashlib.sha256((new / "deployment.zip").read_bytes()).hexdigest()[:12]
        on_step("templates")
        template = service_template(root, stage, build, architecture)
        if errors := list(environment_errors(Template(template), stage)):
            raise CommandError(*errors)
        text = json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False)
        (new / "service.json").write_text(text + "\n", encoding="utf-8")
        shutil.copyfile(root / ".chalice" / "sender.yaml", new / "sender.yaml")
        # What a deployment told to publish in the DNS goes on being true.
        for zone in (out / stage.name).glob("*.zone"):
            shutil.copyfile(zone, new / zone.name)
        _swap(new, out / stage.name, folder / "old")
    return Package(out / stage.name, build)


def _is_built(root: Path) -> bool:
    """Whether pages and catalogues are built: without catalogues every page and mail would be in
    English, without a word of warning."""
    words = list((root / "chalicelib" / "locales").rglob("*.po"))
    compiled = all(catalogue.with_suffix(".mo").is_file() for catalogue in words)
    return compiled and (root / collect.BUILT_PAGES / "manifest.json").is_file()


def _swap(new: Path, there: Path, old: Path) -> None:
    if there.exists():
        there.rename(old)
    try:
        new.rename(there)
    except BaseException:
        if old.exists():
            old.rename(there)
        raise


def _remove_leftovers(out: Path) -> None:
    """Remove what a packaging left that was killed; an hour ago, so that it is none under way."""
    for folder in out.glob(f"{TEMPORARY_PREFIX}*"):
        if folder.stat().st_mtime < time.time() - 3600:
            shutil.rmtree(folder, ignore_errors=True)
