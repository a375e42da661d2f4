"""A route's DNS records: the stack's, with the keys that SES itself looks for."""

from __future__ import annotations

from typing import Any

import pytest

from ops.deploy.route_records import route_records
from tests.ops.conftest import OTHER, route, zone_file

DOMAIN = "entry.example.lg.jp"
OUTPUT = zone_file(OTHER, {**route("second", DOMAIN, OTHER).parameters, "RecordEventsArn": "x"})


def identity(zone: str, *tokens: str) -> dict[str, Any]:
    return {"DkimAttributes": {"Tokens": list(tokens), "SigningHostedZone": zone}}


def test_keys_are_where_ses_says_they_are() -> None:
    asked = identity(f"dkim.{OTHER}.amazonses.com", "t1", "t2", "t3")
    found = route_records(OUTPUT, DOMAIN, asked)
    keys = [record for record in found.records if record.type == "CNAME"]
    assert [(record.name, record.value) for record in keys] == [
        (f"t{n}._domainkey.{DOMAIN}", f"t{n}.dkim.{OTHER}.amazonses.com.") for n in (1, 2, 3)
    ]
    assert set(found.differing) == set(keys)


def test_all_else_stays_as_the_stack_says() -> None:
    found = route_records(OUTPUT, DOMAIN, identity("dkim.elsewhere.example", "t1", "t2", "t3"))
    assert found.zone_file.count("\n") == OUTPUT.count("\n")
    others = {line for line in OUTPUT.splitlines() if "_domainkey" not in line}
    assert {line for line in found.zone_file.splitlines() if "_domainkey" not in line} == others


@pytest.mark.parametrize(
    "told", [identity("DKIM.x.com.", "t1", "t2", "t3"), {}, identity("", "other"), identity("x.y")]
)
def test_where_both_say_the_same_or_ses_nothing_the_output_is_taken(told: dict[str, Any]) -> None:
    found = route_records(OUTPUT, DOMAIN, told)
    assert (found.zone_file, found.differing) == (OUTPUT, ())


def test_other_tokens_replace_all_of_the_output_s() -> None:
    found = route_records(OUTPUT, DOMAIN, identity("dkim.x.com", "n1", "t2", "t3"))
    assert [record.name.split(".")[0] for record in found.differing] == ["n1"]
    assert "t1._domainkey" not in found.zone_file
