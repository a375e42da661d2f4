"""Pages and forms of the console: mails, one mail, providers, switches and clock."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import msgspec

from chalicelib.errors import TodokuError
from chalicelib.trail.delivery_states import in_order
from chalicelib.trail.mail_record import MailRecord, mail_of
from local.console.machine import Machine, span, unusual, usual_switches
from local.console.mail_view import MailView, search
from local.console.provider_view import providers
from local.console.render import anchor, page
from local.form_fields import changed
from local.http_message import HttpRequest, HttpResponse
from local.mail_providers import BEHAVIOURS
from local.ses.mail_log import LoggedMail
from local.setting_errors import InvalidSetting
from local.switches import FAULTS, SERVICES

MOST_LISTED = 100
"""Mails on one page; the search finds the rest."""

FORWARD = {"1 minute": 60, "10 minutes": 600, "1 hour": 3600, "1 day": 86400}
"""Buttons that put the clock forward: words and seconds."""


_MINUS = "\N{MINUS SIGN}"


class ConsolePages:
    """The console's pages, and what their forms do."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def mails(self, request: HttpRequest) -> HttpResponse:
        """The list of mails, newest first, that match ``?q=``."""
        query = request.query.get("q", [""])[-1]
        mails, found = search(self._machine.mail_log.newest_first(), query, MOST_LISTED)
        return self._page("mails.html", "mails", query=query, mails=mails, found=found)

    def mailbox(self, request: HttpRequest) -> HttpResponse:
        """The list's former address."""
        to = request.query.get("to", [""])[-1]
        return see_other(f"/local/?{urlencode({'q': to})}" if to else "/local/")

    def mail(self, number: str) -> HttpResponse | None:
        """One mail, if there is one with this number."""
        logged = None
        if number.isascii() and number.isdigit() and len(number) < 12:
            logged = self._machine.mail_log.get(int(number))
        if logged is None:
            return None
        record, unanswered = self._record(logged)
        return self._page(
            "mail.html",
            "mails",
            mail=MailView(logged),
            record=record,
            trail=in_order(record.states) if record else [],
            unanswered=unanswered,
        )

    def providers(self, problem: str = "") -> HttpResponse:
        """Every provider with its behaviours."""
        return self._page(
            "providers.html",
            "providers",
            problem,
            providers=providers(self._machine.providers.rules()),
            behaviours=BEHAVIOURS,
            routes=self._machine.routes,
        )

    def set_provider(self, request: HttpRequest) -> HttpResponse:
        """A provider's form."""
        try:
            rule = self._machine.providers.put_form(request.form)
        except InvalidSetting as error:
            return self.providers(str(error))
        return _to_provider(rule.provider)

    def reset_providers(self, request: HttpRequest) -> HttpResponse:
        """The button that makes one provider normal again, or all."""
        name = request.form.get("provider")
        self._machine.providers.reset(name)
        return _to_provider(name) if name else see_other("/local/providers")

    def switches(
        self, problem: str = "", typed: Mapping[str, str] = MappingProxyType({})
    ) -> HttpResponse:
        """Every switch, and the clock; with what was ``typed`` where it was refused."""
        values = self._machine.switches.now()
        shown = {name: _as_typed(value) for name, value in msgspec.structs.asdict(values).items()}
        return self._page(
            "switches.html",
            "switches",
            problem,
            shown=shown,
            typed={**shown, **typed},
            services=SERVICES,
            faults=FAULTS,
            now=self._machine.clock(),
            offset=span(values.clock_offset_s) if values.clock_offset_s else "",
            forward=FORWARD,
        )

    def set_switches(self, request: HttpRequest) -> HttpResponse:
        """The switches' form."""
        try:
            self._machine.switches.put_form(request.form)
        except InvalidSetting as error:
            return self.switches(str(error), changed(request.form))
        return see_other("/local/switches")

    def reset_switches(self, _: HttpRequest) -> HttpResponse:
        """The button that puts all switches back. The clock has its own."""
        self._machine.switches.set(**usual_switches())
        return see_other("/local/switches")

    def set_clock(self, request: HttpRequest) -> HttpResponse:
        """The clock's buttons and its form: forward by, or ahead in all, so many seconds."""
        fields = request.form
        try:
            if "forward_s" in fields:
                offset = self._machine.clock.offset + _seconds(fields["forward_s"])
            else:
                offset = _seconds(fields.get("clock_offset_s", ""))
            self._machine.set_clock(offset)
        except InvalidSetting as error:
            return self.switches(str(error), fields)
        return see_other("/local/switches#clock")

    def _record(self, logged: LoggedMail) -> tuple[MailRecord | None, bool]:
        """The application's record of a mail, and whether its table did not answer."""
        tags = logged.mail.tags
        try:
            records = self._machine.mail_records(tags.get("reference", ""))
            mail = mail_of(tags.get("mail", ""))
        except ValueError:
            return None, False
        except TodokuError:
            return None, True
        return next((record for record in records if record.mail == mail), None), False

    def _page(self, template: str, here: str, problem: str = "", **values: Any) -> HttpResponse:
        notes = list(unusual(self._machine))
        status = 422 if problem else 200
        return page(template, status, here=here, problem=problem, unusual=notes, **values)


def see_other(path: str) -> HttpResponse:
    """A redirect to a page of the console."""
    return HttpResponse(303, (("Location", path),), b"")


def _to_provider(name: str) -> HttpResponse:
    return see_other(f"/local/providers#{anchor(name)}")


def _as_typed(value: object) -> str:
    """A switch's value as its control has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str("" if value is None else value)


def _seconds(text: str) -> float:
    try:
        seconds = float(unicodedata.normalize("NFKC", text).replace(_MINUS, "-"))
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise InvalidSetting(f"“{text}” is no number of seconds.")
    return seconds
