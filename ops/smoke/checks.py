"""``python -m ops.smoke.checks URL``: does what stands there work?

It asks as a visitor does and leaves nothing: the one registration that it makes goes to SES's
mailbox simulator, which takes mail even from the sandbox, and is forgotten again.
"""

from __future__ import annotations

import argparse
import http.client
import sys
from collections.abc import Iterator
from functools import partial

from ops.check_result import Finding, Mark, note
from ops.exit_codes import ended
from ops.http_client import Answer, Visitor
from ops.probe import Patience, expect, tried
from ops.smoke.mail import REGISTRATIONS, mailed
from ops.terminal import Terminal

LOCALES = {"ja": "ja", "ja-easy": "ja", "en": "en"}
"""Locale to the page's own ``lang``."""
WORDS = {"ja": "メールアドレス", "ja-easy": "<ruby>", "en": "email address"}
"""What only a page in that language says: without its catalogue it would be in English."""
HEALTH = "/api/v1/health"
FOREIGN = "https://foreign.example"
_GUARDS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
WARMING = Patience(60.0)
"""API Gateway shows a new deployment within a minute."""


def smoke(visitor: Visitor, build: str | None, warming: Patience = WARMING) -> Iterator[Finding]:
    """Every check that sends no mail. ``build`` is what ``/health`` should tell."""
    yield tried("health", partial(health, visitor, build, warming))
    for locale in LOCALES:
        yield tried(f"page {locale}", partial(page, visitor, locale))
    yield tried("OpenAPI", partial(openapi, visitor))
    yield tried("unknown page", partial(unknown_page, visitor))
    yield tried("unknown call", partial(unknown_call, visitor))
    yield tried("headers", partial(headers, visitor))
    yield tried("foreign origin", partial(foreign_origin, visitor))
    yield tried("own origin", partial(own_origin, visitor))


def health(visitor: Visitor, build: str | None, warming: Patience) -> str:
    """It answers, and it is the build that was packaged."""

    def right() -> Answer | None:
        try:
            answer = visitor.ask("GET", HEALTH)
        except (OSError, http.client.HTTPException):
            return None
        return answer if answer.status == 200 and answer.json.get("build") == build else None

    answer = (warming.until(right) if build else None) or visitor.ask("GET", HEALTH)
    expect(answer.status == 200, f"{HEALTH} answers {answer}")
    told = answer.json.get("build")
    expect(build in {None, told}, f"build {told} answers, {build} was packaged")
    return f"build {told}"


def page(visitor: Visitor, locale: str) -> str:
    """The first page, in one language."""
    answer = visitor.look(f"/?lang={locale}")
    expect((answer.status, answer.kind) == (200, "text/html"), f"/?lang={locale} answers {answer}")
    opening = f'<html lang="{LOCALES[locale]}"{" class=" if locale == "ja-easy" else ">"}'
    spoken = opening in answer.text and WORDS[locale] in answer.text
    expect(spoken, f"/?lang={locale} is in another language")
    return f"{len(answer.body)} bytes"


def openapi(visitor: Visitor) -> str:
    """The description, with the address that it is at."""
    answer = visitor.ask("GET", "/api/v1/openapi.json")
    expect(answer.status == 200, f"answers {answer}")
    paths = answer.json.get("paths", {})
    expect(any(path.endswith("/registrations") for path in paths), "describes no registrations")
    server = answer.json["servers"][0]["url"]
    expect(server.startswith(visitor.origin), f"tells the server {server}, not {visitor.origin}")
    return f"{len(paths)} paths"


def unknown_page(visitor: Visitor) -> str:
    """A page nobody made is a page that says so."""
    answer = visitor.look("/no-such-page")
    expect((answer.status, answer.kind) == (404, "text/html"), f"answers {answer}")
    return "404, a page"


def unknown_call(visitor: Visitor) -> str:
    """A call nobody made is a problem."""
    answer = visitor.ask("GET", "/api/v1/no-such-call")
    expect((answer.status, answer.problem) == (404, "not-found"), f"answers {answer}")
    return "404, a problem"


def headers(visitor: Visitor) -> str:
    """What every answer carries."""
    return guarded(visitor.ask("GET", HEALTH), secure=visitor.secure)


def guarded(answer: Answer, *, secure: bool) -> str:
    """Whether an answer has them; on https also that a browser stays there."""
    for name, value in _GUARDS.items():
        expect(answer.headers.get(name) == value, f"{name} is {answer.headers.get(name)}")
    stays = "max-age=" in answer.headers.get("strict-transport-security", "")
    expect(stays or not secure, "there is no Strict-Transport-Security")
    return "no-store, nosniff, same-origin" + (", HSTS" if secure else "")


def foreign_origin(visitor: Visitor) -> str:
    """Another site's form changes nothing."""
    answer = visitor.ask("POST", REGISTRATIONS, {"email": ""}, {"Origin": FOREIGN})
    expect((answer.status, answer.problem) == (403, "foreign-origin"), f"answers {answer}")
    return "403, refused"


def own_origin(visitor: Visitor) -> str:
    """Our own form is heard: the functions know the address that the pages are at."""
    answer = visitor.ask("POST", REGISTRATIONS, {"email": ""}, {"Origin": visitor.origin})
    expect(answer.problem != "foreign-origin", f"{visitor.origin} is refused: BaseUrl is another")
    expect(answer.status == 422, f"answers {answer}")
    return "heard"


def main(arguments: list[str] | None = None) -> int:
    """Try one address. Returns the exit code: 0, 1 when something failed, 2 without an address."""
    parser = argparse.ArgumentParser(prog="python -m ops.smoke.checks", description=__doc__)
    parser.add_argument("url", metavar="URL", help="the output Pages of the service's stack")
    parser.add_argument("--build", help="the build that must answer (default: any)")
    parser.add_argument("--no-mail", action="store_true", help="make no registration")
    chosen = parser.parse_args(arguments)
    try:
        visitor = Visitor(chosen.url)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return ended(lambda: _try(visitor, chosen))


def _try(visitor: Visitor, chosen: argparse.Namespace) -> int:
    findings = list(smoke(visitor, chosen.build))
    if chosen.no_mail:
        findings.append(note("mail", "not tried"))
    else:
        findings.append(tried("mail", partial(mailed, visitor)))
    Terminal.here(yes=False).findings(f"Smoke test of {chosen.url}", findings)
    return int(any(finding.mark is Mark.FAILED for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
