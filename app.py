"""The Chalice app: the routes of each module, and what else AWS invokes.

Handlers are in ``chalicelib/web``, everything that is not HTTP goes to ``chalicelib/triggers``.
"""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent, Rate, SQSEvent

from chalicelib.web import assets, fallback, views
from chalicelib.web.api import meta, registrations, session
from chalicelib.web.app import TodokuApp

app = TodokuApp()
app.include(registrations.routes)
app.include(session.routes)
app.include(meta.routes)
app.include(meta.openapi(app.operations))
app.include(views.routes)
app.include(assets.routes)
app.include(fallback.routes)


# Triggers are imported when first needed: each function starts with what it uses.


# Batches at once: ten of ten, each taking some 0.4 s in Cognito, are two and a half times the
# sign-ups a second that are planned for (ops/planned_load.py). More would only be turned away.
@app.on_sqs_message(queue="jobs", batch_size=10, maximum_concurrency=10)
def work(event: SQSEvent) -> dict[str, Any]:
    """Sign up, send again, reissue and remove: what a request only asked for."""
    from chalicelib import triggers

    return triggers.work(event.to_dict(), event.context)


@app.lambda_function(name="send_code")
def send_code(event: dict[str, Any], context: object) -> None:
    """Mail a code that Cognito issued (CustomEmailSender)."""
    from chalicelib import triggers

    triggers.send_code(event)


@app.on_sqs_message(queue="resends", batch_size=5, maximum_concurrency=5)
def send_again(event: SQSEvent) -> dict[str, Any]:
    """Mail the same code again."""
    from chalicelib import triggers

    return triggers.send_again(event.to_dict(), event.context)


# The topics are the routes' own (.chalice/sender.yaml), in whichever region they are; Chalice can
# only subscribe to one that is here.
@app.lambda_function(name="record_events")
def record_events(event: dict[str, Any], context: object) -> None:
    """Note what became of a mail (SES's event, through SNS)."""
    from chalicelib import triggers

    triggers.record_events(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    """Mend what a crash or a lost message left."""
    from chalicelib import triggers

    triggers.sweep(event.context)
