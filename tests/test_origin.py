"""An origin is written as a browser sends it, or refused with the form that works."""

from __future__ import annotations

import re

import pytest

from chalicelib.origin import OriginError, parse_origin, parse_origins
from cloudformation.template import Template

SENT = [
    "https://www.example.lg.jp",
    "https://www.example.lg.jp:8443",
    "https://www.example.lg.jp:80",
    "https://www.example.lg.jp:65535",
    "https://xn--wcvs22d.example.lg.jp",
    "https://a_b.example.lg.jp",
    "https://192.0.2.5",
    "https://[2001:db8::5]:8443",
    "http://localhost:9000",
    "http://localhost:443",
    "http://127.0.0.1:9000",
    "http://127.0.0.2",
    "http://[::1]:9000",
]
NEVER_SENT = {
    "https://www.example.lg.jp/": "write https://www.example.lg.jp",
    "https://www.example.lg.jp/form": "write https://www.example.lg.jp",
    "https://www.example.lg.jp?x": "write https://www.example.lg.jp",
    "https://www.example.lg.jp#x": "write https://www.example.lg.jp",
    "https://u:p@www.example.lg.jp": "write https://www.example.lg.jp",
    "https://www.example.lg.jp.": "write https://www.example.lg.jp",
    "https://www.example.lg.jp:443": "write https://www.example.lg.jp",
    "https://www.example.lg.jp:": "write https://www.example.lg.jp",
    "https://www.example.lg.jp:08443": "write https://www.example.lg.jp:8443",
    "https://WWW.Example.LG.jp": "write https://www.example.lg.jp",
    "HTTPS://www.example.lg.jp": "write https://www.example.lg.jp",
    " https://www.example.lg.jp": "write https://www.example.lg.jp",
    "https://教育.example.lg.jp": "write https://xn--wcvs22d.example.lg.jp",
    "https://ｗｗｗ.example.lg.jp": "write https://www.example.lg.jp",
    "http://www.example.lg.jp": "write https://www.example.lg.jp",
    "www.example.lg.jp": "write https://www.example.lg.jp",
    "localhost:9000": "write http://localhost:9000",
    "http://localhost:80": "write http://localhost",
    "http://127.1:9000": "write http://127.0.0.1:9000",
    "https://0x7f.1": "write https://127.0.0.1",
    "https://[2001:DB8:0::5]": "write https://[2001:db8::5]",
    "https://*.example.lg.jp": "without *",
    "*": "without *",
    "https://www.example.lg.jp:99999": "as in https://www.example.lg.jp",
    "https://www.example.lg.jp:65536": "as in https://www.example.lg.jp",
    "https://www.example.lg.jp:0": "as in https://www.example.lg.jp",
    "https://www.example.lg.jp:x": "as in https://www.example.lg.jp",
    "https://www..example.lg.jp": "as in https://www.example.lg.jp",
    "https://": "as in https://www.example.lg.jp",
    "https://[::1": "as in https://www.example.lg.jp",
    "https://[www]": "as in https://www.example.lg.jp",
    "https://1.2.3.999": "as in https://www.example.lg.jp",
    "https://\ud83d.jp": "as in https://www.example.lg.jp",
    "null": "as in https://www.example.lg.jp",
    "": "as in https://www.example.lg.jp",
}
ONLY_PARSED = {
    "https://www.example.lg.jp:443",
    "http://localhost:80",
    "https://0x7f.1",
    "https://1.2.3.999",
} | {f"https://www.example.lg.jp:{port}" for port in (99999, 65536)}
"""What is beyond a template's pattern: numbers in bounds, default ports."""


def allowed_pattern(name: str) -> str:
    return str(Template.read().body["Parameters"][name]["AllowedPattern"])


@pytest.mark.parametrize("origin", SENT)
def test_what_a_browser_sends_stays_as_it_is(origin: str) -> None:
    assert parse_origin(origin) == origin


@pytest.mark.parametrize(("text", "works"), NEVER_SENT.items())
def test_what_no_browser_sends_is_refused_with_what_works(text: str, works: str) -> None:
    with pytest.raises(OriginError) as told:
        parse_origin(text)
    assert str(told.value).endswith(works)


def test_a_list_is_held_to_it_one_by_one() -> None:
    assert parse_origins("") == ()
    assert parse_origins(",".join(SENT)) == tuple(SENT)
    for text in (
        "https://a.example,",
        ",https://a.example",
        "https://a.example, https://b.example",
    ):
        with pytest.raises(OriginError):
            parse_origins(text)


@pytest.mark.parametrize("name", ["BaseUrl", "Origins"])
def test_the_templates_pattern_allows_the_same(name: str) -> None:
    pattern = allowed_pattern(name)
    assert [it for it in SENT if not re.fullmatch(pattern, it)] == []
    refused = NEVER_SENT.keys() - ONLY_PARSED - {""}
    assert [it for it in sorted(refused) if re.fullmatch(pattern, it)] == []


def test_the_templates_pattern_knows_lists() -> None:
    pattern = allowed_pattern("Origins")
    assert re.fullmatch(pattern, "")
    assert re.fullmatch(pattern, ",".join(SENT))
    for text in ("https://a.example,", "https://a.example;https://b.example", ","):
        assert not re.fullmatch(pattern, text), text
