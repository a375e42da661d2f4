"""Which function answers what: the HTTP API, the pages, and what else AWS invokes.

Handlers are in ``chalicelib/web``, everything that is not HTTP goes to ``chalicelib/triggers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Rate, SQSEvent

from chalicelib.web.api import meta, registrations, session
from chalicelib.web.app import TodokuApp
from chalicelib.web.fallback import fallback
from chalicelib.web.operation import Handler
from chalicelib.web.pages import paths
from chalicelib.web.reply import Reply
from chalicelib.web.request import Request

if TYPE_CHECKING:
    from chalicelib.factory import Services

# Imported when first needed, as triggers are: each function starts with what it uses, and no
# JSON call with pages.


def _services() -> Services:
    from chalicelib import factory

    return factory.services()


def _page(services: Services, request: Request) -> Reply:
    from chalicelib.web.pages.views import PAGES

    return PAGES[request.path](services, request)


def _asset(services: Services, request: Request) -> Reply:
    from chalicelib.web.pages.assets import asset

    return asset(services, request)


app = TodokuApp(_services)

API: dict[str, dict[str, Handler]] = {
    "/api/v1/registrations": {"POST": registrations.ask},
    "/api/v1/registrations/current": {
        "GET": registrations.current,
        "DELETE": registrations.cancel,
    },
    "/api/v1/registrations/current/code": {"POST": registrations.resend},
    "/api/v1/registrations/current/email": {"PUT": registrations.correct},
    "/api/v1/registrations/current/verification": {"POST": registrations.verify},
    "/api/v1/registrations/current/account": {"POST": registrations.complete},
    "/api/v1/session": {"GET": session.who, "DELETE": session.sign_out},
    "/api/v1/health": {"GET": meta.health},
}
for path, handlers in API.items():
    app.serve(path, handlers)
app.serve("/api/v1/openapi.json", {"GET": meta.openapi(API)})
for path in paths.ALL:
    app.serve(path, {"GET": _page})
app.serve("/assets/{name}", {"GET": _asset})
app.serve_rest(fallback)


# Batches at once: ten of ten are as many sign-ups a second as Cognito bears (25), each taking some
# 0.4 s in it, and two and a half times that. More would only be turned away.
@app.on_sqs_message(queue="jobs", batch_size=10, maximum_concurrency=10)
def work(event: SQSEvent) -> dict[str, Any]:
    """Issue, resend, renew and remove: what a request only asked for."""
    from chalicelib import triggers

    return triggers.work(event.to_dict())


@app.lambda_function(name="send_code")
def send_code(event: dict[str, Any], context: object) -> None:
    """Mail a code that Cognito issued (CustomEmailSender)."""
    from chalicelib import triggers

    triggers.send_code(event)


@app.on_sqs_message(queue="resends", batch_size=5, maximum_concurrency=5)
def send_again(event: SQSEvent) -> dict[str, Any]:
    """Mail the same code again."""
    from chalicelib import triggers

    return triggers.send_again(event.to_dict())


# The topics are the routes' own (.chalice/sender.yaml), in whichever region they are; Chalice can
# only subscribe to one that is here.
@app.lambda_function(name="record_events")
def record_events(event: dict[str, Any], context: object) -> None:
    """Note what became of a mail (SES's event, through SNS)."""
    from chalicelib import triggers

    triggers.record_events(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: object) -> None:
    """Mend what a crash or a lost message left."""
    from chalicelib import triggers

    triggers.sweep()
