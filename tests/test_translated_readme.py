"""README.ja.md says what README.md says: neither changes without a look at the other.

Below each heading of the Japanese file stand two digests, of the English section that it
translates and of its own, as they were when somebody last compared them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
NOTE = re.compile(r"^<!-- compared: .* -->\n", re.MULTILINE)


class Section(NamedTuple):
    """One ``##`` chapter, or what stands before the first; ``note`` is not part of ``text``."""

    title: str
    note: str
    text: str


def digest(text: str) -> str:
    """Of the words alone: how the lines are broken says nothing."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]


def sections(text: str) -> list[Section]:
    """The chapters in order. No line of the code examples begins with ``## ``."""
    found = []
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        title = part.partition("\n")[0].lstrip("# ")
        found.append(Section(title, "".join(NOTE.findall(part)).strip(), NOTE.sub("", part)))
    return found


def differences(english: str, japanese: str) -> list[str]:
    """What changed in one file alone, a line for each section; nothing where both were compared."""
    told = []
    ours, theirs = sections(english), sections(japanese)
    for en, ja in zip(ours, theirs, strict=False):
        note = f"<!-- compared: {digest(en.text)} {digest(ja.text)} -->"
        if note != ja.note:
            told.append(
                f"README.md, section {en.title!r}, or README.ja.md, section {ja.title!r}, "
                "changed without the other. Compare them, then write below the Japanese heading: "
                f"{note}"
            )
    if len(ours) != len(theirs):
        told.append(f"README.md has {len(ours)} sections, README.ja.md {len(theirs)}.")
    return told


def commands(text: str) -> list[str]:
    """The lines of the shell examples, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"(^|\s+)#.*", "", line) for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.strip()]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_neither_file_changed_without_the_other() -> None:
    assert differences(read("README.md"), read("README.ja.md")) == []


def test_both_show_the_same_commands() -> None:
    assert commands(read("README.md"))
    assert commands(read("README.ja.md")) == commands(read("README.md"))


ENGLISH = "# Todoku\n\nIt arrives.\n\n## Deploy\n\nLook first.\n"
JAPANESE = "# Todoku（届く）\n{}\n届きます。\n\n## デプロイ\n{}\n先に点検します。\n"


@pytest.fixture
def japanese() -> str:
    """A translation that was compared with ``ENGLISH``."""
    pairs = zip(sections(ENGLISH), sections(JAPANESE.format("", "")), strict=True)
    notes = [f"<!-- compared: {digest(en.text)} {digest(ja.text)} -->" for en, ja in pairs]
    compared = JAPANESE.format(*notes)
    assert differences(ENGLISH, compared) == []
    return compared


def test_a_change_of_the_english_file_is_told_with_its_section(japanese: str) -> None:
    (told,) = differences(ENGLISH.replace("Look", "Think"), japanese)
    assert told.startswith("README.md, section 'Deploy', ")


def test_a_change_of_the_japanese_file_is_told_with_its_section(japanese: str) -> None:
    (told,) = differences(ENGLISH, japanese.replace("届きます", "届かないこともあります"))
    assert "README.ja.md, section 'Todoku（届く）'" in told


def test_the_note_that_is_told_ends_it(japanese: str) -> None:
    english = ENGLISH.replace("Look", "Think")
    (told,) = differences(english, japanese)
    old, new = sections(japanese)[1].note, told[told.index("<!--") :]
    assert differences(english, japanese.replace(old, new)) == []


def test_a_section_that_only_one_file_has_is_told(japanese: str) -> None:
    assert differences(f"{ENGLISH}\n## News\n\nMore.\n", japanese) != []


def test_lines_that_are_broken_elsewhere_are_no_change(japanese: str) -> None:
    assert differences(ENGLISH.replace("Look ", "Look\n"), japanese) == []
