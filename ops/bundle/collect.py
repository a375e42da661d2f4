"""Copy into the bundle what it consists of: dependencies, Chalice's runtime, the application."""

from __future__ import annotations

import importlib.metadata
import inspect
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import chalice.app
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops.bundle import child_process
from ops.errors import CommandError

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
BUILT_PAGES = Path("chalicelib", "web", "pages", "built")
"""The pages: all of it is needed."""
SHIPPED_SUFFIXES = {".py", ".mo"}
"""Of the rest of the application, code and catalogues of words."""


class NotInstalled(CommandError):
    """A requirement that is not installed here, or in another version; the message names it."""


def copy_installed(requirements: Path, tree: Path) -> None:
    """Copy into ``tree`` the distributions that ``requirements`` asks for, from this machine.

    Raises ``NotInstalled`` where this environment does not have what is asked for.
    """
    for distribution in _dependency_closure(requirements):
        for file in distribution.files or ():
            if file.parts[0] == ".." or "__pycache__" in file.parts:
                continue
            target = tree.joinpath(*file.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


def download_wheels(requirements: Path, tree: Path, architecture: str) -> None:
    """Install into ``tree`` the wheels for Lambda with ``architecture`` (see ``MACHINES``).

    Raises ``subprocess.CalledProcessError`` when pip finds no wheel or no index; what it had
    to say is on stderr.
    """
    platforms = [f"--platform={tag}" for tag in _wheel_platforms(MACHINES[architecture])]
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    wheels = ["--no-compile", "--only-binary=:all:", "--implementation=cp", *platforms]
    child_process.run([*pip, *wheels, f"--target={tree}", f"--requirement={requirements}"])


def copy_chalice_runtime(tree: Path) -> None:
    """Copy the two files of Chalice that run in Lambda, the same that its packager vendors."""
    for module in (chalice, chalice.app):
        source = Path(inspect.getfile(module))
        (tree / "chalice").mkdir(exist_ok=True)
        shutil.copyfile(source, tree / "chalice" / source.name)


def copy_application(root: Path, tree: Path) -> None:
    """Copy ``app.py`` and ``chalicelib``, with the pages and catalogues that were built."""
    shutil.copyfile(root / "app.py", tree / "app.py")
    # What only lies there (notes, keys, drafts) is nobody's business in Lambda.
    for file in sorted((root / "chalicelib").rglob("*")):
        place = file.relative_to(root)
        built = BUILT_PAGES in place.parents and not file.name.startswith(".")
        if (
            file.is_file()
            and (built or file.suffix in SHIPPED_SUFFIXES)
            and "__pycache__" not in place.parts
        ):
            target = tree / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _wheel_platforms(machine: str) -> Iterator[str]:
    # Lambda runs Python 3.11 on Amazon Linux 2 (glibc 2.26), 3.12 and later on Amazon Linux
    # 2023 (2.34). pip takes a tag literally: older ones, which run as well, must be named.
    newest = 26 if sys.version_info < (3, 12) else 34
    yield from (f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1))
    yield f"manylinux2014_{machine}"


def _dependency_closure(requirements: Path) -> list[importlib.metadata.Distribution]:
    waiting = list(_read_requirements(requirements))
    reached: dict[str, importlib.metadata.Distribution] = {}
    expanded: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise NotInstalled(f"{requirement} is not installed") from None
        if not requirement.specifier.contains(found.version, prereleases=True):
            raise NotInstalled(f"{requirement} is asked for, {found.version} is installed")
        reached[name] = found
        for extra in ("", *requirement.extras):
            if (name, extra) not in expanded:
                expanded.add((name, extra))
                waiting.extend(_requirements_of(found, extra))
    return [reached[name] for name in sorted(reached)]


def _read_requirements(requirements: Path) -> Iterator[Requirement]:
    for line in requirements.read_text(encoding="utf-8").splitlines():
        wanted = line.split("#")[0].strip()
        if wanted and not wanted.startswith("-"):
            yield Requirement(wanted)


def _requirements_of(
    distribution: importlib.metadata.Distribution, extra: str
) -> Iterator[Requirement]:
    for line in distribution.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement
