"""Lambda runtime of a packaged function, run alone in a fresh interpreter.

``python -I -S -B runtime.py TASK_ROOT HANDLER`` reads invocations from standard input, a line of
JSON each, and answers each with one. It imports nothing of the repository. Clock and DNS are
the local server's, once the package's code is there.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

# What the function prints must not be taken for its answer.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

sys.path.insert(0, sys.argv[1])
logging.basicConfig(
    stream=sys.stderr,
    level=os.environ.get("AWS_LAMBDA_LOG_LEVEL", "WARNING"),
    format="%(levelname)s %(name)s %(message)s",
)


class ClockAndDns:
    """The local server's clock and MX records, as each invocation brings them."""

    offset = 0.0
    dns_fails = False
    mail_hosts: dict[str, list[str]]
    missing_domains: list[str]

    def now(self) -> datetime:
        """The local server's time."""
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def mx(self, domain: str) -> list[str]:
        """MX hosts from the local server's table. Raises what the real look-up raises."""
        from chalicelib.courier.provider import NoSuchMailDomain

        if self.dns_fails:
            raise OSError("the switches say that the DNS does not answer")
        if f".{domain}".endswith(tuple(f".{missing}" for missing in self.missing_domains)):
            raise NoSuchMailDomain(domain)
        return self.mail_hosts.get(domain, [f"mx.{domain}"])


class LambdaContext:
    """Lambda's context object."""

    function_version = "$LATEST"
    memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id = invocation["id"]
        self._ends = time.monotonic() + float(invocation["seconds"])

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time is up."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


def main() -> None:
    """Answer invocations until standard input ends."""
    world = ClockAndDns()
    module, _, name = sys.argv[2].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    from chalicelib import config, factory

    world.mail_hosts = json.loads(os.environ.pop("LOCAL_MAIL_HOSTS"))
    world.missing_domains = json.loads(os.environ.pop("LOCAL_MISSING_DOMAINS"))
    keys = os.environ.pop("LOCAL_KEYS_URL")
    services = factory.Services(config.load(), clock=world.now, mx=world.mx, keys_url=keys)
    factory.install(services)
    for line in sys.stdin:
        invocation = json.loads(line)
        world.offset, world.dns_fails = invocation["offset"], invocation["dns_fails"]
        try:
            result = {"answer": handler(invocation["event"], LambdaContext(invocation))}
            text = json.dumps(result, ensure_ascii=False)
        except Exception as error:
            traceback.print_exc()
            text = json.dumps({"error": type(error).__name__, "message": str(error)})
        print(text, file=answers, flush=True)


if __name__ == "__main__":
    main()
