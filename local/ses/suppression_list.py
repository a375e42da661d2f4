"""Account-level suppression list of SES."""

from __future__ import annotations

from typing import Any, Literal

from moto.ses.models import ses_backends

Reason = Literal["BOUNCE", "COMPLAINT"]


class SuppressionList:
    """Suppressed addresses: SES accepts mail to them and does not send it.

    A configuration set says which reasons count for it (``SuppressionOptions``); without that
    both do.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._reasons: dict[str, Reason] = {}

    def add(self, address: str, reason: Reason) -> None:
        """Put ``address`` on the list."""
        self._reasons[address.lower()] = reason

    def remove(self, address: str) -> None:
        """Take it off."""
        self._reasons.pop(address.lower(), None)

    def holds(self, address: str, configuration_set: str, region: str) -> bool:
        """Whether a mail by this configuration set is not sent."""
        reason = self._reasons.get(address.lower())
        if reason is None:
            return False
        sets: dict[str, Any] = ses_backends[self._account][region].config_sets
        options = sets[configuration_set].suppression_options
        return reason in options.get("SuppressedReasons", ["BOUNCE", "COMPLAINT"])
