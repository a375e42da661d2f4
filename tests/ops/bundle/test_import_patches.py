"""What the bundle rewrites means the same as before."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import email_validator.rfc_constants
import pytest
import urllib3.http2
from hypothesis import given
from hypothesis import strategies as st

from ops.bundle import import_patches

ORIGINAL = email_validator.rfc_constants


def copied(module: ModuleType, tree: Path) -> Path:
    """A module's file, in a tree of its own."""
    source = Path(str(module.__file__))
    parts = module.__name__.split(".")
    target = tree.joinpath(*parts, "__init__.py") if source.stem == "__init__" else None
    target = target or tree.joinpath(*parts[:-1], source.name)
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
    return target


def loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("rewritten", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    tree = tmp_path_factory.mktemp("tree")
    file = copied(ORIGINAL, tree)
    import_patches.patch_email_validator(tree)
    return loaded(file)


@pytest.mark.parametrize("name", ["ATEXT_INTL_DOT_RE", "ATEXT_HOSTNAME_INTL", "QTEXT_INTL"])
def test_a_pattern_of_one_character_takes_the_same_characters(
    patterns: ModuleType, name: str
) -> None:
    before, after = getattr(ORIGINAL, name), getattr(patterns, name)
    everything = map(chr, range(sys.maxunicode + 1))
    assert [c for c in everything if bool(before.match(c)) != bool(after.match(c))] == []


DOTTED = st.text(st.sampled_from("ab.あ\U0010ffff\x7f\x80@ \n-"), max_size=8)


@given(DOTTED)
def test_a_local_part_beyond_ascii_is_taken_or_refused_alike(
    patterns: ModuleType, text: str
) -> None:
    before = ORIGINAL.DOT_ATOM_TEXT_INTL.match(text)
    after = patterns.DOT_ATOM_TEXT_INTL.match(text)
    assert (before and before.span()) == (after and after.span())


def test_http2_asks_for_its_version_only_when_it_is_wanted(tmp_path: Path) -> None:
    file = copied(urllib3.http2, tmp_path)
    import_patches.patch_urllib3(tmp_path)
    module = loaded(file)
    assert not hasattr(module, "version")
    with pytest.raises(Exception, match="h2"):
        module.inject_into_urllib3()


def test_a_package_that_reads_otherwise_is_an_error(tmp_path: Path) -> None:
    file = copied(ORIGINAL, tmp_path)
    file.write_text(file.read_text().replace("ATEXT_INTL", "ATEXT_WIDE"))
    with pytest.raises(import_patches.PatchError, match=r"rfc_constants\.py"):
        import_patches.patch_email_validator(tmp_path)
