"""Privacy page: what is kept of an applicant, how long, and who runs the service.

The times are those of the rules themselves; docs/deploy.md, "Where each datum lives", tells
operators the same at length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.config import Config
from chalicelib.identity.ownership import UNFINISHED_FOR
from chalicelib.locales import _
from chalicelib.trail import mail_record
from chalicelib.verification import model
from chalicelib.web import cookies
from chalicelib.web.pages.links import linked
from chalicelib.web.pages.render import in_locale, page
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services

CODES_NOTED = timedelta(days=90)
"""How long it is noted how often a code was asked for and tried (``aws.counters.A_SEASON``)."""
COUNTED = timedelta(days=2)
"""How long the counts of a day are kept after it."""
BACKUPS = timedelta(days=35)
"""How far back DynamoDB's point-in-time recovery reaches."""
_IN_JAPAN = frozenset({"ap-northeast-1", "ap-northeast-3"})


@dataclass(frozen=True)
class Kept:
    """One kind of data. ``what`` and ``how_long`` are catalogue ids, ``figures`` go into both."""

    what: str
    how_long: str
    figures: dict[str, int] = field(default_factory=dict)


_DAYS = _("%(days)s days")


def kept(config: Config) -> tuple[Kept, ...]:
    """What the service keeps."""
    hours = int(config.code_life.total_seconds() // 3600)
    return (
        Kept(
            _("Your email address, and how far your registration has got"),
            _(
                "%(days)s days. %(unproven)s days if you never enter the code."
                " Deleted at once if you cancel."
            ),
            {"days": model.KEPT.days, "unproven": UNFINISHED_FOR.days},
        ),
        Kept(
            _(
                "Your account: email address, password, when you signed in."
                " Nobody can read the password."
            ),
            _("Until the operator deletes the account"),
        ),
        Kept(_("The six-digit code, encrypted"), _("%(hours)s hours"), {"hours": hours}),
        Kept(
            _("What became of our emails to you, and what your email service answered"),
            _DAYS,
            {"days": mail_record.KEPT.days},
        ),
        Kept(
            _("How often a code was requested and entered. Your address cannot be read from this."),
            _DAYS,
            {"days": CODES_NOTED.days},
        ),
        Kept(
            _("How many requests came from your network. Its address cannot be read from this."),
            _("%(days)s days; as part of your registration, %(registered)s days."),
            {"days": COUNTED.days, "registered": model.KEPT.days},
        ),
        Kept(
            _("Logs: the reference number, and the address with most letters hidden (t***@…)"),
            _DAYS,
            {"days": config.log_days},
        ),
        Kept(
            _("If you report our email as spam: your address, so that we do not send you any more"),
            _("Until the operator takes it off the list"),
        ),
        Kept(
            _("Copies in case something breaks"),
            _("%(days)s days longer than each of these"),
            {"days": BACKUPS.days},
        ),
    )


_DAY = 24 * 3600
COOKIES = (
    Kept(_("Which registration is yours"), _DAYS, {"days": cookies.REGISTRATION_AGE // _DAY}),
    Kept(_("That you are signed in"), _DAYS, {"days": cookies.REFRESH_AGE // _DAY}),
    Kept(_("The language that you chose"), _DAYS, {"days": cookies.LANGUAGE_AGE // _DAY}),
    Kept(_("Whether this browser keeps cookies"), _DAYS, {"days": cookies.PROBE_AGE // _DAY}),
    Kept(
        _("Your reference number, after you sign out"),
        _("%(minutes)s minutes"),
        {"minutes": cookies.SIGNED_OUT_AGE // 60},
    ),
    Kept(
        _("The email address that you typed and have not sent yet"),
        _("Until you send it or close this tab"),
    ),
)
"""What this browser keeps: each cookie, and what ``frontend/scripts/drafts.js`` stores."""


def privacy(services: Services, request: Request) -> Response:
    """The page."""
    config = services.config
    regions = {config.region, *(route.region for route in config.routes)}
    return page(
        services,
        request,
        "privacy.html",
        kept=kept(config),
        cookies=COOKIES,
        regions=", ".join(sorted(regions)),
        in_japan=regions <= _IN_JAPAN,
        operators_text=linked(in_locale(config.privacy_text, request.locale)),
    )
