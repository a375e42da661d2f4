"""Mail providers and how they behave: ``/local/providers``."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import asdict, replace

from local import mx_table
from local.form_fields import changed
from local.setting_errors import InvalidSetting, invalid_setting, json_object

Behaviour = Literal["normal", "silent", "junk", "defer", "refuse", "bounce", "delay"]
BEHAVIOURS: dict[str, str] = {
    "normal": "takes mail and delivers it",
    "silent": "accepted by SES, then nothing: no event, no mail",
    "junk": "says delivered, but it is not in the inbox",
    "defer": "“try again later”, for so many seconds (0: until this is changed)",
    "refuse": "refuses by policy, 5.7.1",
    "bounce": "no such mailbox, 5.1.1",
    "delay": "delivers after so many seconds (0: after a minute)",
}


_DELAY = 60


class ProviderRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rule for the mail to a provider, by one route or (``None``) by any."""

    provider: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    route: str | None = None
    behaviour: Behaviour = "normal"
    seconds: Annotated[float, msgspec.Meta(ge=0, le=14 * 86400)] = 0
    duplicates: bool = False
    """Each event comes twice."""
    disorder: bool = False
    """``Send`` comes after what followed it."""

    @property
    def delay(self) -> float:
        """Seconds that ``delay`` takes: a minute unless told otherwise."""
        return self.seconds or _DELAY


_TAKES = {
    "provider": "a provider's name or the registrable domain of its MX host, up to 100 characters",
    "route": "a route's name, or nothing (null) for every route",
    "behaviour": ", ".join(BEHAVIOURS),
    "seconds": "a number from 0 to 1209600 (two weeks)",
    "duplicates": "true or false",
    "disorder": "true or false",
}
"""What each part of a rule takes, in words."""


class MailProviders:
    """Rules of all providers. One without a rule is ``normal``."""

    def __init__(self, routes: Collection[str]) -> None:
        """``routes``: the names of the sending routes, as they come to be."""
        self._routes = routes
        self._rules: dict[tuple[str, str | None], ProviderRule] = {}
        self._lock = threading.Lock()

    def put(self, body: bytes) -> None:
        """Set a rule from JSON. Raises ``InvalidSetting``."""
        self._put(json_object(body), strict=True)

    def put_form(self, fields: Mapping[str, str]) -> ProviderRule:
        """Change what a form's fields ``changed`` of the rule that holds; an empty one has its
        default. Returns the rule as it is now. Raises ``InvalidSetting``."""
        changes = changed(fields)
        name = mx_table.provider_name(changes.pop("provider", ""))
        route = changes.pop("route", "") or None
        given = asdict(replace(self._holds(name, route), route=route))
        fresh = asdict(ProviderRule(name))
        given |= {field: value or fresh.get(field, value) for field, value in changes.items()}
        return self._put(given, strict=False)

    def _put(self, given: Mapping[str, Any], *, strict: bool) -> ProviderRule:
        try:
            rule = msgspec.convert(given, ProviderRule, strict=strict)
        except msgspec.ValidationError:
            raise invalid_setting(ProviderRule, given, _TAKES, strict=strict) from None
        if rule.route is not None and rule.route not in self._routes:
            names = ", ".join(self._routes)
            raise InvalidSetting(f"There is no route {rule.route!r} here. There are {names}.")
        self.set(rule)
        return rule

    def set(self, rule: ProviderRule) -> None:
        """Set a rule."""
        with self._lock:
            self._rules[rule.provider, rule.route] = rule

    def rule(self, domain: str, route: str) -> ProviderRule:
        """The rule for mail to ``domain`` by ``route``: that route's, else any's."""
        return self._holds(mx_table.provider(domain), route)

    def _holds(self, name: str, route: str | None) -> ProviderRule:
        with self._lock:
            found = self._rules.get((name, route)) or self._rules.get((name, None))
        return found or ProviderRule(name)

    def reset(self, provider: str | None = None) -> None:
        """Remove the rules of ``provider``, or all."""
        with self._lock:
            kept = {} if provider is None else self._rules
            self._rules = {key: rule for key, rule in kept.items() if key[0] != provider}

    def rules(self) -> list[ProviderRule]:
        """The rules that were set."""
        with self._lock:
            return list(self._rules.values())
