"""Times as an applicant in Japan reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from chalicelib.clock import JST
from chalicelib.locales import _, words
from chalicelib.locales.months import MONTHS
from chalicelib.web.pages import i18n


def local_time(at: datetime, now: datetime, locale: str) -> str:
    """``14:05``, or with the day when that is not today."""
    here = at.astimezone(JST)
    clock = f"{here:%H:%M}"
    if here.date() == now.astimezone(JST).date():
        return clock
    text = words(locale)
    month = text.gettext(MONTHS[here.month - 1])
    parts = {"month": month, "day": str(here.day), "time": clock}
    return text.gettext(_("%(day)s %(month)s, %(time)s")) % parts


def time_element(at: datetime, now: datetime, locale: str) -> Markup:
    """A ``time`` element that also says it to machines, in UTC."""
    machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(
        machine, i18n.ruby(local_time(at, now, locale))
    )


def stated_time(at: datetime, now: datetime, locale: str) -> Markup:
    """The same within a sentence, which says whose time it is: ``14:05 (Japan time)``."""
    return i18n.html_translator(locale)(
        _("%(time)s (Japan time)"), time=time_element(at, now, locale)
    )


def next_minute(at: datetime) -> datetime:
    """The next whole minute: who comes back at the time shown is not too early."""
    return (at + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
