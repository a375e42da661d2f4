"""The page of a problem type, at the address that is its ``type``: for developers of clients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from chalicelib.web.field_messages import field_message
from chalicelib.web.pages.i18n import html_translator, ruby
from chalicelib.web.pages.render import page
from chalicelib.web.problem_docs import CODES_OF, MEMBERS, MEMBERS_OF, WHAT_TO_DO
from chalicelib.web.problem_types import PROBLEM_TYPES
from chalicelib.web.request import Request
from chalicelib.web.response import Response

if TYPE_CHECKING:
    from chalicelib.factory import Services

_LITERAL = re.compile("`([^`]+)`")


def problem_type(services: Services, request: Request, name: str) -> Response:
    """What ``name``, one of ``PROBLEM_TYPES``, means and what a client does about it."""
    translate = html_translator(request.locale)

    def phrase(sentence: str) -> Markup:
        return Markup(_LITERAL.sub(r"<code>\1</code>", str(translate(sentence))))

    def meaning(field: str, code: str) -> Markup:
        return ruby(field_message(field, code, request.locale, services.config, sign="…"))

    kind = PROBLEM_TYPES[name]
    return page(
        services,
        request,
        "problem_type.html",
        name=name,
        kind=kind,
        what_to_do=[phrase(sentence) for sentence in WHAT_TO_DO[name]],
        members=[(member, phrase(MEMBERS[member])) for member in MEMBERS_OF.get(name, ())],
        codes=[
            (field, [(code, meaning(field, code)) for code in codes])
            for field, codes in CODES_OF.get(name, {}).items()
        ],
    )
