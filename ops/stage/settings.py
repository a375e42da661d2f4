"""The settings of a stage: ``.chalice/stages/STAGE.toml``, for the stages of config.json."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.origin import OriginError, parse_origins
from cloudformation import template as templates
from cloudformation.template import Template
from ops import ROOT
from ops.aws.botocore_data import session_without_profile
from ops.errors import CommandError
from ops.stage import parameters

ROUTES = ("primary", "second")
_BY_LOCALE = frozenset({"ServiceName", "OperatorName", "PrivacyText"})
"""Settings that are a table, a text for each locale."""
_ORIGINS = frozenset({"BaseUrl", "Origins"})
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,49}")
"""SQS takes 80 characters for a queue, SES 64 for a configuration set; ours begin with it."""
_DERIVED = ("Service", "Route", "Domain", "RecordEventsArn")
"""What a route's stack is told of the service; settings that say otherwise break it in two."""
_BOUNCES = {"primary": "bounce", "second": "bounce-second"}
"""The label of a route's MAIL FROM domain where the settings name none. Two routes with one
From domain need two: each may have one MX, and it names one region."""


@dataclass(frozen=True)
class Route:
    """One sending route: the parameters of its own stack."""

    name: str
    stack: str
    region: str
    parameters: Mapping[str, str]
    """Without ``RecordEventsArn``, which only the service's stack knows."""

    @property
    def domain(self) -> str:
        """Domain of the From address."""
        return self.parameters["Domain"]

    @property
    def mail_from(self) -> str:
        """Domain that bounces go to."""
        return self.parameters["MailFromDomain"]


@dataclass(frozen=True)
class Stage:
    """The settings of one deployment."""

    name: str
    region: str
    stack: str
    service: Mapping[str, str]
    """The parameters of the service's stack that are given."""
    routes: tuple[Route, ...]
    """Empty as long as no sender is given."""
    architecture: str = "x86_64"
    """What Lambda runs the zip on: ``lambda_architecture`` of config.json, Chalice's default."""

    @property
    def protected(self) -> bool:
        """Whether tables and user pool refuse to be deleted."""
        return self.service.get("Protected", "true") == "true"


def stage_names(root: Path = ROOT) -> list[str]:
    """The names of the stages in ``.chalice/config.json``. Raises ``CommandError``."""
    try:
        return sorted(_config(root)["stages"])
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f".chalice/config.json: no stages can be read ({type(error).__name__} {error})."
        ) from error


def _config(root: Path) -> Any:
    return json.loads((root / ".chalice" / "config.json").read_text(encoding="utf-8"))


def load_stage(name: str, root: Path = ROOT, *, complete: bool = False) -> Stage:
    """The stage ``name``. Raises ``CommandError`` with everything that is wrong with its settings;
    with ``complete`` also when a parameter that has no default is missing."""
    if name not in stage_names(root):
        raise CommandError(
            f"There is no stage {name!r}. STAGE is one of: {', '.join(stage_names(root))}."
        )
    read = _read_toml(name, root)
    errors = [*_errors(read, complete), *_shared_stacks(name, read, root)]
    if errors:
        raise CommandError(*(f".chalice/stages/{name}.toml: {line}" for line in errors))
    return _stage(name, read, root)


def _read_toml(name: str, root: Path) -> Mapping[str, Any]:
    file = root / ".chalice" / "stages" / f"{name}.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}.") from error


def _shared_stacks(name: str, read: Mapping[str, Any], root: Path) -> Iterator[str]:
    """Two stages with one stack would each undo the other."""
    for other in stage_names(root):
        file = root / ".chalice" / "stages" / f"{other}.toml"
        if other == name or "stack" not in read or not file.exists():
            continue
        if _read_toml(other, root).get("stack") == read["stack"]:
            yield f"stack {read['stack']!r} is the stage {other}'s already."


def _errors(read: Mapping[str, Any], complete: bool) -> Iterator[str]:
    for key in read.keys() - {"region", "stack", "service", "route"}:
        yield f"{key!r} has no meaning here: region, stack, [service] and [route.NAME] have."
    if not _region(read):
        yield 'no region: add region = "ap-northeast-1", or set AWS_REGION.'
    elif not _REGION.fullmatch(_region(read)) or not _region_exists(_region(read)):
        yield f"region {_region(read)!r} is no region such as ap-northeast-1."
    if not _STACK.fullmatch(str(read.get("stack", ""))):
        yield "stack must be a name of letters, digits and hyphens, 50 at most."
    service, routes = read.get("service", {}), read.get("route", {})
    tables = (service, routes, *(routes.values() if isinstance(routes, dict) else ()))
    if not all(isinstance(table, dict) for table in tables):
        yield "[service] and [route.NAME] are tables."
        return
    for name, value in service.items():
        if isinstance(value, list | dict) and name not in _BY_LOCALE:
            yield f"{name} must be text, a number, or true or false."
            return
    chosen = _parameter_values(service)
    wrong = dict([*_origin_errors(chosen), *_locale_errors(service)])
    yield from wrong.values()
    rest = {name: value for name, value in chosen.items() if name not in wrong}
    yield from parameters.parameter_errors(Template.read(), rest, complete=complete)
    for name in (f"{route.capitalize()}Region" for route in ROUTES):
        region = chosen.get(name, "")
        if _REGION.fullmatch(region) and not _region_exists(region):
            yield f"{name} = {region!r}: there is no such region."
    sender = Template.read(templates.SENDER)
    for route, given in routes.items():
        if route not in ROUTES:
            yield f"[route.{route}]: a route is {' or '.join(ROUTES)}."
            continue
        sends = f"{route.capitalize()}Sender"
        if given and not chosen.get(sends) and complete:
            yield f"[route.{route}] has settings, and {sends} is not set."
        for error in parameters.parameter_errors(sender, _parameter_values(given), complete=False):
            yield f"[route.{route}] {error}"
        for name in given.keys() & set(_DERIVED):
            yield f"[route.{route}] {name} follows from the service's settings: leave it out."
        yield from _mail_from_errors(route, chosen, given)


def _origin_errors(service: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The settings that should name origins and name something else, with a line each: no function
    would start with them."""
    for name in _ORIGINS & service.keys():
        try:
            parse_origins(service[name])
        except OriginError as error:
            yield name, f"{name}: {error}."


def _locale_errors(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The settings that should be a text for each locale and are not, with what to write in the
    file: the template's own words are about the JSON that CloudFormation gets."""
    declared = Template.read().body["Parameters"]
    for name in sorted(_BY_LOCALE & service.keys()):
        value = service[name]
        if re.fullmatch(declared[name]["AllowedPattern"], parameters.parameter_value(value)):
            continue
        plain = isinstance(value, str) and value and not re.search(r'["\\{\n]', value)
        yield (
            name,
            f'{name} must be a table, locale to text, ja first, no text with ", \\ or a line break:'
            f' write {name} = {{ ja = "{value if plain else "…"}", en = "…" }}.',
        )


def _mail_from_errors(
    route: str, service: Mapping[str, str], given: Mapping[str, Any]
) -> Iterator[str]:
    """A MAIL FROM domain must lie in the From domain, below it: SES refuses any other."""
    domain = service.get(f"{route.capitalize()}Sender", "").rpartition("@")[2]
    bounces = str(given.get("MailFromDomain", ""))
    if domain and bounces and not bounces.endswith(f".{domain}"):
        yield f"[route.{route}] MailFromDomain = {bounces!r}: must be a subdomain of {domain}."


def _stage(name: str, read: Mapping[str, Any], root: Path) -> Stage:
    service = _parameter_values(read.get("service", {}))
    stack, region = read["stack"], _region(read)
    routes = tuple(_routes(stack, service, read.get("route", {})))
    architecture = _config(root).get("lambda_architecture", Stage.architecture)
    return Stage(name, region, stack, service, routes, architecture)


def _routes(
    stack: str, service: Mapping[str, str], given: Mapping[str, Mapping[str, Any]]
) -> Iterator[Route]:
    defaults = Template.read().body["Parameters"]
    for name in ROUTES:
        prefix = name.capitalize()
        sender = service.get(f"{prefix}Sender", "")
        if not sender:
            continue
        domain = sender.rpartition("@")[2]
        own = {
            "Service": stack,
            "Route": name,
            "Domain": domain,
            "MailFromDomain": f"{_BOUNCES[name]}.{domain}",
            "OperatorsEmail": service.get("OperatorsEmail", ""),
        }
        region = service.get(f"{prefix}Region", defaults[f"{prefix}Region"]["Default"])
        yield Route(name, f"{stack}-{name}", region, own | _parameter_values(given.get(name, {})))


def _region_exists(region: str) -> bool:
    """Whether there is such a region, as far as the installed botocore knows."""
    return region in session_without_profile().get_available_regions("dynamodb")


def _region(read: Mapping[str, Any]) -> str:
    environment = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    return str(read.get("region") or environment)


def _parameter_values(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: parameters.parameter_value(value) for name, value in values.items()}
