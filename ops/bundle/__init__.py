"""The bundle, which Lambda gets: the app with its dependencies, trimmed, compiled, in one zip.

The size of that zip and what Python must read from it at a cold start are a budget
(docs/dependencies.md). Chalice's own packager vendors the same files, but botocore with every
service of AWS in it, and with byte code that its zip's dates make worthless.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ops.bundle import collect, import_patches, trim, zip_archive


@dataclass(frozen=True)
class Bundle:
    """A bundle as a folder that can be run, and as the zip of exactly this folder."""

    tree: Path
    archive: Path

    @property
    def size(self) -> int:
        """Bytes of the zip."""
        return self.archive.stat().st_size


def bundle(root: Path, out: Path, architecture: str | None = None) -> Bundle:
    """Make ``out/tree`` and ``out/todoku.zip`` from the project at ``root``.

    ``architecture`` is ``arm64`` or ``x86_64``: wheels for Lambda of that kind are fetched
    from the package index. Without it the bundle runs on this machine and is made, without a
    network, from what is installed here. What was in ``out`` is replaced. Raises
    ``collect.NotInstalled`` or ``subprocess.CalledProcessError`` when a dependency is missing,
    ``import_patches.PatchError`` or ``ValueError`` when one is not what it used to be.
    """
    tree = out / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    if architecture is None:
        collect.copy_installed(root / "requirements.txt", tree)
    else:
        collect.download_wheels(root / "requirements.txt", tree, architecture)
    collect.copy_chalice_runtime(tree)
    collect.copy_application(root, tree)
    trim.trim_bundle(tree)
    import_patches.patch_imports(tree)
    zip_archive.compile_all(tree)
    zip_archive.leave_out_sources(tree)
    archive = out / "todoku.zip"
    zip_archive.write_zip(tree, archive)
    return Bundle(tree, archive)
