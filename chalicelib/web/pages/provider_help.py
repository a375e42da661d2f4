"""Help by mail provider: what to do where mail does not arrive, as its screens call it.

The carriers and Outlook let each user name senders whose mail always comes in; iCloud and Gmail
have no such list, there it is the folders, the contacts and a filter.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.config import Config
from chalicelib.locales import _
from chalicelib.web.pages.delivery_status import PROVIDERS
from chalicelib.web.pages.webmail import mail_on_the_web

_SAVE = _("Save it. Then go back to the page for the code and press “Resend the same code”.")

_STEPS = {
    "docomo": (
        _(
            "Open the mail settings (メール設定): in the docomo mail app,"
            " on an iPhone in My docomo."
        ),
        _("Choose 迷惑メール/SMS対策 (spam), then 受信リスト設定 (list of senders to let in)."),
        _("Add %(domain)s to the list."),
        _SAVE,
    ),
    "au": (
        _(
            "Open the mail settings in the au mail app or in My au, and choose"
            " 迷惑メールフィルター (spam filter)."
        ),
        _("Choose 受信リストに登録 (list of senders to let in)."),
        _("Add %(domain)s to the list. If there is 必ず受信 (always receive), switch it on."),
        _SAVE,
    ),
    "softbank": (
        _("Sign in to My SoftBank. Choose メール設定 (mail settings), then 迷惑メール対策 (spam)."),
        _("Open 詳細設定 (details) and choose 受信許可リスト (list of senders to let in)."),
        _("Add %(domain)s to the list."),
        _SAVE,
    ),
    "google": (
        _("Look in “Spam”, “Promotions” and “All Mail”."),
        _("Search for: from:%(domain)s"),
        _("If the email is in “Spam”, open it and press “Not spam”."),
        _("Check that there is room: Gmail cannot receive emails when its storage is full."),
    ),
    "icloud": (
        _("Look in the “Junk” folder of the Mail app and on icloud.com."),
        _("If the email is there, move it to the inbox."),
        _(
            "Add %(sender)s to your contacts. Then go back to the page for the code and press"
            " “Resend the same code”."
        ),
        _("Check that there is room: iCloud cannot receive emails when its storage is full."),
    ),
    "yahoo-jp": (
        _("Look in the folder 迷惑メール (spam)."),
        _("If the email is there, open it and report that it is not spam."),
        _(
            "In the settings, check that %(domain)s is not in a filter or a list of refused"
            " senders."
        ),
        _("Then go back to the page for the code and press “Resend the same code”."),
    ),
    "microsoft": (
        _(
            "Look in the folder 迷惑メール (junk email), and under その他 (other)"
            " next to 優先 (focused)."
        ),
        _("If the email is there, open it and choose 迷惑メールではない (not junk)."),
        _(
            "On a computer: press 設定 (the gear), then メール (mail), 迷惑メール (junk email) and"
            " 信頼できる差出人とドメイン (safe senders and domains), and add %(domain)s."
        ),
        _SAVE,
    ),
}


@dataclass(frozen=True)
class ProviderHelp:
    """One provider's part of the help page. ``name`` and ``steps`` are catalogue ids."""

    key: str
    name: str
    steps: tuple[str, ...]
    own: bool
    """Whether it keeps this applicant's mail."""
    web: str | None
    """Where that is read in a browser."""


def provider_help(own: str | None, domain: str = "") -> list[ProviderHelp]:
    """Every provider with steps of its own; the applicant's first, an address in ``domain``."""
    return sorted(
        (
            ProviderHelp(
                key,
                PROVIDERS[key],
                steps,
                key == own,
                mail_on_the_web(key, domain if key == own else ""),
            )
            for key, steps in _STEPS.items()
        ),
        key=lambda provider: not provider.own,
    )


def senders(config: Config) -> tuple[str, str]:
    """The address our mail comes from (by the first route), and the domains of all routes."""
    addresses = [route.sender.rpartition("<")[2].rstrip("> ") for route in config.routes]
    domains = dict.fromkeys(address.rpartition("@")[2] for address in addresses)
    return addresses[0], ", ".join(domains)
