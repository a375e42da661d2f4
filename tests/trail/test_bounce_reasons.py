"""Categories of why a mail did not arrive."""

from __future__ import annotations

import pytest

from chalicelib.trail.bounce_reasons import bounce_reason, delay_reason


@pytest.mark.parametrize(
    ("subtype", "status", "diagnostic", "reason"),
    [
        ("OnAccountSuppressionList", None, None, "suppressed"),
        ("Suppressed", "5.7.1", None, "suppressed"),
        ("OnTenantSuppressionList", "5.1.1", None, "suppressed"),
        ("EmailValidationSuppressed", None, None, "suppressed"),
        ("UnsubscribedRecipient", None, None, "suppressed"),
        ("NoEmail", "5.1.1", "smtp; 550 5.1.1 user unknown", "no-such-mailbox"),
        ("NoEmail", None, None, "no-such-mailbox"),
        ("General", "5.1.1", None, "no-such-mailbox"),
        ("General", "5.1.2", None, "no-such-domain"),
        ("General", "5.4.4", "smtp; 550 5.4.4 Invalid domain", "no-such-domain"),
        ("General", "5.4.4", None, "no-such-domain"),
        ("General", "5.4.4", "smtp; 554 5.4.4 unable to route", "no-such-domain"),
        ("General", "5.0.0", "Host or domain name not found. Name service error", "no-such-domain"),
        # The DNS did not answer: nothing is known of the domain.
        ("General", "4.4.4", "smtp; 450 4.4.4 unable to route", "server-down"),
        ("General", "4.4.3", "Host or domain name not found. Name service error", "server-down"),
        ("General", None, "Host or domain name not found, try again", "server-down"),
        ("General", "5.1.8", "Sender address rejected: Domain not found", "policy"),
        ("General", "5.1.10", None, "no-such-mailbox"),
        # SES guesses from words that it does not show; a number that says otherwise wins.
        ("NoEmail", "4.1.1", None, "deferred"),
        ("NoEmail", "5.2.0", None, "other"),
        ("NoEmail", "5.3.0", None, "server-down"),
        ("NoEmail", "5.4.4", None, "no-such-domain"),
        ("NoEmail", "5.4.7", "smtp; 550 5.4.7 no", "server-down"),
        ("NoEmail", "5.1.0", None, "no-such-mailbox"),
        ("NoEmail", "5.5.0", None, "no-such-mailbox"),
        ("CustomTimeoutExceeded", "5.1.1", None, "no-such-mailbox"),
        ("NoEmail", "5.0.0", "smtp; 550 no", "no-such-mailbox"),
        ("MailboxFull", "5.0.0", "smtp; 550 no", "mailbox-full"),
        # These numbers alone say too little.
        ("General", "5.1.0", None, "other"),
        ("General", "5.2.0", None, "other"),
        ("General", "5.5.0", None, "other"),
        ("General", "4.1.1", None, "deferred"),
        ("General", "4.2.1", None, "deferred"),
        ("General", "5.2.1", None, "no-such-mailbox"),
        ("General", "5.1.8", "smtp; 550 5.1.8 sender address rejected", "policy"),
        ("MailboxFull", "5.2.2", None, "mailbox-full"),
        ("General", "4.2.2", None, "mailbox-full"),
        ("General", "5.0.0", "smtp; 552 mailbox is full", "mailbox-full"),
        ("MessageTooLarge", None, None, "too-large"),
        ("General", "5.3.4", None, "too-large"),
        ("General", "5.7.1", None, "policy"),
        ("General", "5.7.26", "smtp; 550-5.7.26 unauthenticated mail", "policy"),
        ("General", "5.0.0", "smtp; 550-5.7.1 likely unsolicited mail", "spam"),
        ("NoEmail", "5.7.1", "smtp; 550 5.7.1 unknown user or filtered", "policy"),
        ("ContentRejected", None, None, "spam"),
        ("General", None, "smtp; 554 considered spam", "spam"),
        ("General", None, "smtp; 550 listed on a block list", "policy"),
        (
            "General",
            "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied",
            "no-such-mailbox",
        ),
        ("General", "4.4.7", "smtp; 554 4.4.7 Message expired", "server-down"),
        ("General", "4.3.2", None, "server-down"),
        ("CustomTimeoutExceeded", None, None, "server-down"),
        ("General", "5.0.0", "smtp; 550 Unknown user taro@docomo.ne.jp", "no-such-mailbox"),
        ("Undetermined", None, None, "other"),
        ("General", "5.0.0", "smtp; 550 no", "other"),
        ("General", "nonsense", "", "other"),
        # An address of four numbers is no status code.
        ("General", None, "smtp; connection to 4.7.12.9 refused", "server-down"),
        ("General", None, "smtp; connection to 10.4.7.12 refused", "server-down"),
    ],
)
def test_category(subtype: str, status: str | None, diagnostic: str | None, reason: str) -> None:
    assert bounce_reason(subtype, status, diagnostic) == reason


@pytest.mark.parametrize(
    ("kind", "status", "diagnostic", "reason"),
    [
        ("SpamDetected", None, None, "spam"),
        ("IPFailure", "4.0.0", None, "deferred"),
        ("General", "4.7.0", "smtp; 450 4.7.0 try again later", "deferred"),
        ("General", "4.7.28", None, "deferred"),
        ("RecipientServerError", None, None, "server-down"),
        # SES's reading outweighs a number that servers use for everything.
        ("IPFailure", "4.4.1", None, "deferred"),
        ("TransientCommunicationFailure", "4.4.1", None, "server-down"),
        ("General", "4.4.4", "Host or domain name not found. Name service error", "server-down"),
        ("MailboxFull", "4.2.2", None, "mailbox-full"),
        ("InternalFailure", None, None, "other"),
        # While SES still tries, nobody is told that the address is wrong.
        ("General", "4.1.1", "smtp; 450 4.1.1 <taro@example.jp>: User unknown", "deferred"),
        ("General", "5.1.2", "smtp; 550 5.1.2 unknown host", "deferred"),
        # No number, and no setting of the applicant's either.
        ("General", None, "smtp; denied by policy", "deferred"),
    ],
)
def test_not_now_is_no_refusal(
    kind: str, status: str | None, diagnostic: str | None, reason: str
) -> None:
    assert delay_reason(kind, status, diagnostic) == reason
