"""What the pages are shown with: registrations in any state, and requests for pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from chalicelib.errors import TodokuError
from chalicelib.identity.ownership import Owner
from chalicelib.registration.view import View
from chalicelib.trail.delivery import Advice, Delivery, Step
from chalicelib.verification.model import Attempt, AttemptState, Registration
from chalicelib.web.request import Request
from tests.web.services import HTTPS, REFERENCE, TOKEN, RecordedServices

NOW = datetime(2027, 1, 24, 1, 5, tzinfo=UTC)
"""10:05 in Japan."""

REGISTERED = {"todoku_registration": TOKEN}

CONFIG = replace(
    HTTPS,
    origins=(),
    service_name={
        "ja": "高校出願登録",
        "ja-easy": "高校（こうこう）の出願（しゅつがん）の登録（とうろく）",
        "en": "High School Application",
    },
    operator_name={
        "ja": "見本県教育委員会",
        "ja-easy": "見本県（みほんけん）の 教育委員会（きょういく いいんかい）",
        "en": "Example Prefecture Board of Education",
    },
    privacy_text={
        "ja": "窓口は高校教育課です。詳しくはhttps://www.example.lg.jp/privacyをご覧ください。",
        "ja-easy": "高校教育課（こうこう きょういくか）に 聞（き）いて ください。",
        "en": "Ask the high school division, 045-000-0001. See https://www.example.lg.jp/privacy.",
    },
)


def view(**changes: Any) -> View:
    """A registration whose mail was delivered at 10:04 in Japan.

    Its address is whole until it is proven, and the code's time is over where it has expired.
    """
    state = changes.get("state", "awaiting_code")
    valid = timedelta(hours=-1 if state == "expired" else 23)
    sent = (
        Step("waiting", NOW - timedelta(seconds=70)),
        Step("sent", NOW - timedelta(seconds=65)),
        Step("delivered", NOW - timedelta(seconds=60)),
    )
    return replace(
        View(
            reference="7Q4K-2M9X-8T",
            label="K7",
            state="awaiting_code",
            email="t***@gmail.com"
            if state in ("verified", "completed")
            else "taro.yamada@gmail.com",
            provider="google",
            expected_at=None,
            code_expires_at=NOW + valid,
            resend_available_at=NOW + timedelta(seconds=42),
            attempts_left=5,
            delivery=Delivery(
                "delivered",
                sent,
                None,
                ("check-spam", "allow-domain:google", "try-another-address"),
            ),
        ),
        **changes,
    )


def mail(*states: Any, reason: Any = None, advice: tuple[Advice, ...] = ()) -> Delivery:
    """A mail that went through ``states``, ten seconds each, up to now."""
    steps = tuple(
        Step(state, NOW - timedelta(seconds=10 * (len(states) - n)))
        for n, state in enumerate(states)
    )
    return Delivery(states[-1] if states else "waiting", steps, reason, advice)


class Desk(RecordedServices):
    """The services behind the pages, where this browser's registration looks like ``shown``."""

    def __init__(
        self,
        shown: View | None = None,
        *,
        broken: TodokuError | None = None,
        wrong: tuple[datetime, ...] = (),
        exists: bool = False,
        displaced: bool = False,
    ) -> None:
        """``broken`` is raised when the registration is asked for; ``wrong``: when codes were
        tried that did not fit; ``exists``: the right one was, of an address that has an account;
        ``displaced``: another browser proved the address later."""
        super().__init__(
            CONFIG,
            now=NOW,
            state=AttemptState.AWAITING_CODE if shown else None,
            shown=shown,
            wrong=wrong,
            refuses={"current": broken} if broken else {},
        )
        if exists:
            self._change(account_exists=True)
        if displaced:
            attempt = self._change(state=AttemptState.VERIFIED, verified_at=NOW)
            self.memory.owners.owners[attempt.address] = Owner("3333333333", NOW)

    def _change(self, **changes: Any) -> Attempt:
        def changed(registration: Registration) -> Registration:
            attempt = structs.replace(registration.attempt, **changes)
            return registration.with_attempt(attempt)

        registration = self.memory.registrations.change(REFERENCE, changed)
        assert registration is not None
        return registration.attempt


def request(path: str, locale: str = "ja", **more: Any) -> Request:
    """A browser's request for a page."""
    given: dict[str, Any] = {
        "method": "GET",
        "path": path,
        "prefix": "",
        "query": {},
        "headers": {},
        "cookies": REGISTERED,
        "client": "127.0.0.1",
        "body": b"",
        "content_type": "",
        "locale": locale,
        "chosen": locale,
        "html": True,
    }
    return Request(**(given | more))
