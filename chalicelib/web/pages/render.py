"""Rendering: from a template and what it needs to a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from chalicelib.locales import LOCALES, furigana
from chalicelib.web.language import chosen_cookie
from chalicelib.web.pages import i18n, japan_time
from chalicelib.web.pages.links import linked
from chalicelib.web.pages.manifest import FOLDER, TEMPLATES, read_manifest
from chalicelib.web.request import Request
from chalicelib.web.response import Response, html

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.factory import Services

NAMES = {"ja": ("ja", "日本語"), "ja-easy": ("ja", "やさしい日本語"), "en": ("en", "English")}
"""By locale: the HTML language tag, and what the language calls itself."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src '{style}'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(
    services: Services,
    request: Request,
    template: str,
    *,
    path: str | None = None,
    query: Mapping[str, str] | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """Render ``template``. ``path`` and ``query`` are the page's own when the request was a form's
    post.

    Raises ``manifest.NotBuilt``.
    """
    manifest = read_manifest()
    locale = request.locale
    now = services.clock()
    text = (
        _environment()
        .get_template(template)
        .render(
            {
                "_": i18n.html_translator(locale),
                "plain": i18n.text_translator(locale),
                "now": now,
                "clock": lambda at: japan_time.time_element(at, now, locale),
                "time": lambda at: japan_time.stated_time(at, now, locale),
                "until": lambda at: japan_time.stated_time(japan_time.next_minute(at), now, locale),
                "locale": locale,
                # Two sentences: easy Japanese spaces its words, Japanese nothing.
                "between": "" if locale == "ja" else " ",
                "lang": NAMES[locale][0],
                "languages": _languages(request, path, query or {}),
                "service": services.config.service_name.get(locale)
                or services.config.service_name["ja"],
                "operator": in_locale(services.config.operator_name, locale),
                "help_contact": linked(services.config.help_contact),
                "prefix": request.prefix,
                "path": request.path if path is None else path,
                "style": Markup(manifest.style),
                "scripts": manifest.scripts,
                "problem": None,
                "typed": {},
                "registration": None,
                **values,
            }
        )
    )
    headers = {"Content-Security-Policy": CSP.format(style=manifest.style_hash)}
    return html(text, status, headers=headers, cookies=chosen_cookie(request.query))


def in_locale(texts: Mapping[str, str], locale: str) -> str:
    """What the operator says in this language, else in Japanese."""
    return texts.get(locale) or texts.get("ja", "")


@cache
def _environment() -> Environment:
    # Imported here: no JSON call needs it.
    from jinja2 import Environment, ModuleLoader, StrictUndefined

    loader = ModuleLoader(FOLDER / TEMPLATES)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.filters["ruby"] = i18n.ruby
    environment.filters["without_readings"] = furigana.without
    return environment


def _languages(
    request: Request, path: str | None, query: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """Each language with the address of this same page in it, query kept."""
    from urllib.parse import urlencode

    # A form's post stands at the API's address; the page's own is where its languages are.
    own = dict(request.query) if path in (None, request.path) else query
    return [
        {
            "locale": locale,
            "lang": NAMES[locale][0],
            "name": NAMES[locale][1],
            "href": f"{request.prefix}{path or request.path}?" + urlencode({**own, "lang": locale}),
        }
        for locale in LOCALES
    ]
