"""docs/security.md: every row of ASVS is accounted for, and what holds names what shows it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.test_documents import CITED

TEXT = (Path(__file__).parents[1] / "docs" / "security.md").read_text(encoding="utf-8")

ASVS_5_0 = """
    1.1: 1-2; 1.2: 1-9; 1.3: 1-11; 1.4: 1-3; 1.5: 1-2
    2.1: 1-3; 2.2: 1-3; 2.3: 1-4; 2.4: 1-1
    3.2: 1-2; 3.3: 1-4; 3.4: 1-6; 3.5: 1-5; 3.7: 1-2
    4.1: 1-3; 4.2: 1-1; 4.3: 1-2; 4.4: 1-4
    5.1: 1-1; 5.2: 1-3; 5.3: 1-2; 5.4: 1-3
    6.1: 1-3; 6.2: 1-12; 6.3: 1-4; 6.4: 1-4; 6.5: 1-5; 6.6: 1-3; 6.8: 1-4
    7.1: 1-3; 7.2: 1-4; 7.3: 1-2; 7.4: 1-5; 7.5: 1-2; 7.6: 1-2
    8.1: 1-2; 8.2: 1-3; 8.3: 1-1; 8.4: 1-1
    9.1: 1-3; 9.2: 1-4
    10.1: 1-2; 10.2: 1-2; 10.3: 1-4; 10.4: 1-11; 10.5: 1-5; 10.6: 1-2; 10.7: 1-3
    11.1: 1-2; 11.2: 1-3; 11.3: 1-3; 11.4: 1-4; 11.5: 1-1; 11.6: 1-1
    12.1: 1-3; 12.2: 1-2; 12.3: 1-4
    13.1: 1-1; 13.2: 1-5; 13.3: 1-2; 13.4: 1-5
    14.1: 1-2; 14.2: 1-4; 14.3: 1-3
    15.1: 1-3; 15.2: 1-3; 15.3: 1-7
    16.1: 1-1; 16.2: 1-5; 16.3: 1-4; 16.4: 1-3; 16.5: 1-3
    17.1: 1-1; 17.2: 1-4; 17.3: 1-2
"""
"""The requirements of levels 1 and 2, by section: the first and the last."""

ALL = {
    f"{section}.{number}"
    for section, first, last in re.findall(r"([\d.]+): (\d+)-(\d+)", ASVS_5_0)
    for number in range(int(first), int(last) + 1)
}
ROWS = re.findall(
    r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (holds|partly|no) \| (.+) \|$", TEXT, re.MULTILINE
)


def left_out() -> list[str]:
    """The rows that are said not to apply."""
    found = []
    for told in re.findall(
        r"^Does not apply: (.*?)$(?=\n\n|\n?\Z)", TEXT, re.MULTILINE | re.DOTALL
    ):
        for first, last in re.findall(r"\b(\d+\.\d+\.\d+)(?:-(\d+\.\d+\.\d+))?", told):
            section, _, number = first.rpartition(".")
            until = (last or first).rpartition(".")[2]
            found += [f"{section}.{n}" for n in range(int(number), int(until) + 1)]
    return found


def test_every_row_of_levels_1_and_2_is_in_a_table_or_said_not_to_apply() -> None:
    accounted = Counter([*(row for row, *_ in ROWS), *left_out()])
    assert len(ALL) == 253
    assert sorted(ALL - accounted.keys()) == []
    assert sorted(accounted.keys() - ALL) == []
    assert [row for row, times in accounted.items() if times > 1] == []
    lines = re.findall(r"^\| \d+\.\d+\.\d+ \|", TEXT, re.MULTILINE)
    assert len(lines) == len(ROWS), "a row has another form"


def test_what_holds_names_a_test_and_what_does_not_says_why() -> None:
    for row, _, state, why in ROWS:
        if state != "no":
            assert CITED.search(why), row
        if state != "holds":
            assert len(CITED.sub("", why)) > 15, row


def test_the_sum_of_the_rows_is_right() -> None:
    states = Counter(state for _, _, state, _ in ROWS)
    told = (
        f"Of the {len(ALL)} rows of these levels {len(ROWS)} apply: {states['holds']} hold, "
        f"{states['partly']} in part, {states['no']} do not."
    )
    assert told in " ".join(TEXT.split())


def test_whoever_wants_something_meets_a_test_and_is_left_something() -> None:
    threats = TEXT.partition("\n## Who could want what\n")[2].partition("\n## ")[0]
    chapters = threats.split("\n### ")[1:]
    assert len(chapters) >= 9
    for chapter in chapters:
        title, _, text = chapter.partition("\n")
        against, _, left = text.partition("*Is left:*")
        assert CITED.search(against), title
        assert left.strip(), title
        for line in re.findall(r"^- (.*?)(?=^- |^\*|\Z)", against, re.MULTILINE | re.DOTALL):
            assert CITED.search(line), (title, line)
