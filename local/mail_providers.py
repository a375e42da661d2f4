"""Mail providers and how they behave: ``/local/providers``."""

from __future__ import annotations

import html
import threading
from typing import Annotated, Literal
from urllib.parse import parse_qs

import msgspec

from local import mx_table
from local.switches import InvalidSetting

Behaviour = Literal["normal", "silent", "junk", "defer", "refuse", "bounce", "delay"]
BEHAVIOURS: dict[str, str] = {
    "normal": "takes mail and delivers it",
    "silent": "accepted by SES, then nothing: no event, no mail",
    "junk": "says delivered, but it is not in the inbox",
    "defer": "“try again later”, for so many seconds (0: until this is changed)",
    "refuse": "refuses by policy, 5.7.1",
    "bounce": "no such mailbox, 5.1.1",
    "delay": "delivers after so many seconds",
}


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


_form = msgspec.json.Decoder(ProviderRule)


class MailProviders:
    """Rules of all providers. One without a rule is ``normal``."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, str | None], ProviderRule] = {}
        self._lock = threading.Lock()

    def put(self, body: bytes) -> None:
        """Set a rule from JSON. Raises ``InvalidSetting``."""
        try:
            rule = _form.decode(body)
        except msgspec.MsgspecError as error:
            raise InvalidSetting(str(error)) from None
        self.set(rule)

    def put_form(self, body: bytes) -> None:
        """The same from a form's fields. Raises ``InvalidSetting``."""
        fields = {k: v[-1] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}
        try:
            rule = msgspec.convert(
                {name: value for name, value in fields.items() if value}, ProviderRule, strict=False
            )
        except msgspec.ValidationError as error:
            raise InvalidSetting(str(error)) from None
        self.set(rule)

    def set(self, rule: ProviderRule) -> None:
        """Set a rule."""
        with self._lock:
            self._rules[rule.provider, rule.route] = rule

    def rule(self, domain: str, route: str) -> ProviderRule:
        """The rule for mail to ``domain`` by ``route``: that route's, else any's."""
        name = mx_table.provider(domain)
        with self._lock:
            found = self._rules.get((name, route)) or self._rules.get((name, None))
        return found or ProviderRule(name)

    def reset(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    def rules(self) -> list[ProviderRule]:
        """The rules that were set."""
        with self._lock:
            return list(self._rules.values())


def page(rules: list[ProviderRule]) -> str:
    """HTML page of the rules, with a form to set one."""
    rows = "".join(
        f"<tr><td>{_(r.provider)}<td>{_(r.route or 'every route')}<td>{r.behaviour}"
        f"<td>{r.seconds:g}<td>{'yes' if r.duplicates else ''}<td>{'yes' if r.disorder else ''}"
        for r in rules
    )
    names = sorted({mx_table.provider(domain) for domain in mx_table.DOMAINS})
    known = "".join(f"<option>{_(name)}" for name in names)
    ways = "".join(f"<option value='{name}'>{name}: {_(what)}" for name, what in BEHAVIOURS.items())
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Providers</title><style>
body {{ font: 1rem/1.6 sans-serif; max-width: 42rem; margin: auto; padding: 1rem }}
label {{ display: block; margin: .5rem 0 }} select, input {{ font: inherit; max-width: 100% }}
td, th {{ text-align: left; padding-right: 1rem }}
</style><h1>Providers</h1><p><a href="/local/mailbox">the mailbox</a></p>
<table><tr><th>Provider<th>Route<th>Behaviour<th>Seconds<th>Duplicates<th>Disorder{rows}</table>
<p>A provider that is not listed is normal.</p>
<form method="post" action="/local/providers">
<label>Provider <input name="provider" list="known" required></label>
<datalist id="known">{known}</datalist>
<label>Route <input name="route" placeholder="every route"></label>
<label>Behaviour <select name="behaviour">{ways}</select></label>
<label>Seconds <input name="seconds" inputmode="decimal" value="0"></label>
<label><input type="checkbox" name="duplicates" value="true"> each event twice</label>
<label><input type="checkbox" name="disorder" value="true"> events out of order</label>
<button>Set</button></form></html>"""


def _(text: str) -> str:
    return html.escape(text, quote=True)
