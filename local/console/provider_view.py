"""Mail providers as the console shows them: who they are, and the rules for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local import mx_table
from local.mail_providers import ProviderRule


@dataclass(frozen=True)
class ProviderView:
    """A provider and its rules."""

    name: str
    domains: Sequence[str]
    """Domains of the table that it stands behind; a provider outside the table has none."""
    rules: Sequence[ProviderRule]

    @property
    def everywhere(self) -> ProviderRule:
        """The rule for mail by any route."""
        return next((r for r in self.rules if r.route is None), ProviderRule(self.name))


def providers(rules: Sequence[ProviderRule]) -> list[ProviderView]:
    """The providers of the table, then those that only have a rule."""
    domains: dict[str, list[str]] = {}
    for domain in mx_table.DOMAINS:
        domains.setdefault(mx_table.provider(domain), []).append(domain)
    return [
        ProviderView(name, domains.get(name, ()), [r for r in rules if r.provider == name])
        for name in _once([*domains, *(rule.provider for rule in rules)])
    ]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
