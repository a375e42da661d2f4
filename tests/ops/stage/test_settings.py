"""A stage's file is read whole, and everything that is wrong with it is told at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ops import ROOT
from ops.errors import CommandError
from ops.stage.settings import load_stage, stage_names

Write = Callable[[str], Path]

COMPLETE = """
region = "ap-northeast-1"
stack = "todoku-dev"
[service]
PrimarySender = "no-reply@dev.example.jp"
Protected = false
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A project whose stage ``dev`` has these settings."""

    def made(text: str) -> Path:
        (tmp_path / ".chalice" / "stages").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / ".chalice" / "config.json", tmp_path / ".chalice" / "config.json")
        (tmp_path / ".chalice" / "stages" / "dev.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def refused(root: Path, **options: bool) -> tuple[str, ...]:
    with pytest.raises(CommandError) as told:
        load_stage("dev", root, **options)
    return told.value.lines


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_stages_of_this_project_can_be_packaged_as_they_come(stage: str) -> None:
    assert load_stage(stage).stack == f"todoku-{stage}"


def test_what_is_not_chosen_yet_is_asked_for_before_a_deployment() -> None:
    with pytest.raises(CommandError, match="PrimarySender is missing"):
        load_stage("prod", complete=True)


def test_an_unknown_stage_is_told_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"no stage 'staging'.*dev, prod"):
        load_stage("staging")
    assert stage_names() == ["dev", "prod"]


def test_settings_become_the_parameters_of_both_templates(write: Write) -> None:
    stage = load_stage("dev", write(COMPLETE), complete=True)
    assert (stage.region, stage.stack, stage.protected) == ("ap-northeast-1", "todoku-dev", False)
    assert stage.service == {"PrimarySender": "no-reply@dev.example.jp", "Protected": "false"}
    (route,) = stage.routes
    assert (route.name, route.stack, route.region) == (
        "primary",
        "todoku-dev-primary",
        "ap-northeast-1",
    )
    assert (route.domain, route.mail_from) == ("dev.example.jp", "bounce.dev.example.jp")
    assert route.parameters["Service"] == "todoku-dev"


def test_origins_are_chosen_in_the_stages_file(write: Write) -> None:
    origins = "https://www.example.jp,https://board.example.jp"
    stage = load_stage("dev", write(f'{COMPLETE}\nOrigins = "{origins}"'), complete=True)
    assert stage.service["Origins"] == origins


@pytest.mark.parametrize(
    ("origins", "works"),
    [
        ("https://www.example.jp/form", "write https://www.example.jp."),
        ("https://a.example,https://教育.example.jp", "write https://xn--wcvs22d.example.jp."),
        ("https://*.example.jp", "without *."),
        ("https://[::1", "as in https://www.example.lg.jp."),
    ],
)
def test_what_no_browser_sends_as_an_origin_is_one_line_with_what_works(
    write: Write, origins: str, works: str
) -> None:
    (told,) = refused(write(f'{COMPLETE}\nOrigins = "{origins}"'))
    assert told.startswith(".chalice/stages/dev.toml: Origins: ")
    assert told.endswith(works)


@pytest.mark.parametrize(
    ("written", "works"),
    [
        ('OperatorName = "教育委員会"', 'write OperatorName = { ja = "教育委員会", en = "…" }.'),
        ('PrivacyText = { en = "Ask us." }', 'write PrivacyText = { ja = "…", en = "…" }.'),
        ('OperatorName = { ja = "a\\nb" }', 'write OperatorName = { ja = "…", en = "…" }.'),
        ('OperatorName = ["教育委員会"]', 'write OperatorName = { ja = "…", en = "…" }.'),
        ('ServiceName = ""', 'write ServiceName = { ja = "…", en = "…" }.'),
    ],
)
def test_what_is_no_text_for_each_locale_is_one_line_with_what_to_write(
    write: Write, written: str, works: str
) -> None:
    (told,) = refused(write(f"{COMPLETE}\n{written}"))
    assert told.startswith(f".chalice/stages/dev.toml: {written.split()[0]} must be a table, ")
    assert told.endswith(works)
    assert "JSON" not in told


@pytest.mark.parametrize(
    "written", ['{ ja = "教育委員会", ja-easy = "きょういく いいんかい" }', "{ ja = 'a' }", '""']
)
def test_a_table_of_texts_is_taken(write: Write, written: str) -> None:
    stage = load_stage("dev", write(f"{COMPLETE}\nOperatorName = {written}"), complete=True)
    assert "OperatorName" in stage.service


def test_the_pages_address_is_held_to_the_same(write: Write) -> None:
    (told,) = refused(write(f'{COMPLETE}\nBaseUrl = "https://entry.example.jp:443"'))
    assert "write https://entry.example.jp." in told


def test_two_routes_of_one_domain_have_two_mail_from_domains(write: Write) -> None:
    text = COMPLETE.replace("[service]", '[service]\nSecondSender = "x@dev.example.jp"')
    primary, second = load_stage("dev", write(text)).routes
    assert (primary.region, second.region) == ("ap-northeast-1", "ap-northeast-3")
    assert primary.mail_from != second.mail_from


def test_a_routes_own_settings_win(write: Write) -> None:
    text = COMPLETE + '[route.primary]\nMailFromDomain = "b.dev.example.jp"\n'
    assert load_stage("dev", write(text)).routes[0].mail_from == "b.dev.example.jp"


def test_everything_that_is_wrong_is_told_at_once(write: Write) -> None:
    text = """
        region = "tokyo"
        stack = "todoku_dev"
        colour = "blue"
        [service]
        DomainName = "entry"
        PrimarySendr = "x"
        [route.third]
        [route.second]
        MailFromDomain = "b"
    """
    told = refused(write(text))
    assert len(told) == 7
    assert all(line.startswith(".chalice/stages/dev.toml: ") for line in told)
    for part in ("'tokyo'", "stack", "colour", "DomainName", "PrimarySender", "third", "second"):
        assert any(part in line for line in told), part


@pytest.mark.parametrize("text", ["", "{", "{}", '{"stages": 3}'])
def test_a_config_without_stages_is_one_line(write: Write, text: str) -> None:
    root = write(COMPLETE)
    (root / ".chalice" / "config.json").write_text(text, encoding="utf-8")
    (line,) = refused(root)
    assert "config.json: no stages can be read" in line


def test_a_region_that_is_not_there_is_told(write: Write) -> None:
    assert "'us-nowhere-9'" in refused(write(COMPLETE.replace("ap-northeast-1", "us-nowhere-9")))[0]
    text = COMPLETE.replace("[service]", '[service]\nPrimaryRegion = "us-nowhere-9"')
    assert any("no such region" in line for line in refused(write(text)))


def test_without_a_region_anywhere_it_is_asked_for(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(COMPLETE.replace('region = "ap-northeast-1"', ""))
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert "no region" in refused(root)[0]
    monkeypatch.setenv("AWS_REGION", "ap-northeast-3")
    assert load_stage("dev", root).region == "ap-northeast-3"


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ('HelpContact = ["a"]', "HelpContact must be text"),
        ("PrimarySender = {a = 1}", "PrimarySender must be text"),
        ('HelpContact = "a\\nb"', "must be one line"),
        (f'DomainName = "{"a." * 150}jp"', "at most 253"),
    ],
)
def test_a_setting_of_another_kind_is_a_line(write: Write, setting: str, word: str) -> None:
    name = setting.partition(" ")[0]
    kept = [line for line in COMPLETE.splitlines() if not line.startswith(f"{name} ")]
    lines = [line if line != "[service]" else f"[service]\n{setting}" for line in kept]
    assert word in refused(write("\n".join(lines)))[0]


def test_settings_of_a_route_that_does_not_exist_are_told(write: Write) -> None:
    root = write(COMPLETE + '[route.second]\nMailFromDomain = "b.mail.example.jp"\n')
    assert "SecondSender is not set" in refused(root, complete=True)[0]


def test_the_architecture_is_config_jsons(write: Write) -> None:
    assert load_stage("dev", write(COMPLETE)).architecture == "arm64"


def test_two_stages_cannot_have_one_stack(write: Write) -> None:
    root = write(COMPLETE)
    (root / ".chalice" / "stages" / "prod.toml").write_text(COMPLETE, encoding="utf-8")
    assert refused(root)[0].endswith("stack 'todoku-dev' is the stage prod's already.")


def test_a_mail_from_domain_lies_below_the_from_domain(write: Write) -> None:
    for outside in ("bounce.other.jp", "dev.example.jp", "xdev.example.jp"):
        text = COMPLETE + f'[route.primary]\nMailFromDomain = "{outside}"\n'
        assert "must be a subdomain of dev.example.jp" in refused(write(text))[0]


@pytest.mark.parametrize("name", ["Service", "Domain"])
def test_a_routes_settings_cannot_contradict_the_services(write: Write, name: str) -> None:
    text = COMPLETE + f'[route.primary]\n{name} = "elsewhere.example.jp"\n'
    assert any(f"{name} follows from" in line for line in refused(write(text)))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("region = ", "Invalid value"),
        ("service = 3\nregion = 'ap-northeast-1'\nstack = 'a'", "tables"),
        ("route = 3\nregion = 'ap-northeast-1'\nstack = 'a'", "tables"),
        ("route = {primary = 3}\nregion = 'ap-northeast-1'\nstack = 'a'", "tables"),
    ],
)
def test_what_is_no_such_file_is_one_line(write: Write, text: str, word: str) -> None:
    (line,) = refused(write(text))
    assert word in line
    assert "\n" not in line


def test_a_file_that_is_not_there_is_named(write: Write) -> None:
    root = write(COMPLETE)
    (root / ".chalice" / "stages" / "dev.toml").unlink()
    (line,) = refused(root)
    assert line.endswith("dev.toml: No such file or directory.")
