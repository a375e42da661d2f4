"""``make run``: the whole service on this machine, until Ctrl-C."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import threading

from chalicelib.origin import OriginError, parse_origins

DEFAULT_PORT = 8000


def main() -> int:
    """Run until SIGINT or SIGTERM. Returns the exit code: 0, or 2 when it cannot start."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        return _cannot(f"PORT={text} is no port: a number from 0 to 65535.")
    prefix = os.environ.get("PREFIX", "").rstrip("/")
    if prefix and not prefix.startswith("/"):
        return _cannot(f"PREFIX={prefix} must begin with a slash, as in /dev.")
    try:
        origins = parse_origins(os.environ.get("ORIGINS", ""))
    except OriginError as error:
        return _cannot(f"ORIGINS: {error} (several are separated by commas)")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    from local.server import LocalServer

    server = LocalServer(int(text), prefix=prefix, parameters={"Origins": ",".join(origins)})
    try:
        server.start()
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is in use" if error.errno == errno.EADDRINUSE else "is not ours to open"
            return _cannot(f"Port {text} {why}. Another one: make run PORT=8001")
        raise
    try:
        print(f"The pages    {server.url}{prefix}/")
        print(f"Its console  {server.url}/local/  (mails and codes, providers, switches, clock)")
        for origin in origins:
            print(f"Forms at     {origin}: {_reach(origin, server.url)}")
        print("Everything is in memory: all of it is lost when this stops (Ctrl-C).")
        print(f"ready {server.url}", flush=True)
        stop.wait()
    finally:
        server.stop()
    return 0


def _reach(origin: str, url: str) -> str:
    """What a page at ``origin`` can do with the service at ``url``."""
    from chalicelib.identity.site import same_site

    if same_site(origin, url):
        return "the same site, so forms and fetch work"
    return (
        "another site, which cannot hold our cookie: a plain form works, fetch is refused"
        " (cross-site-fetch)"
    )


def _cannot(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that are still waiting for something must not keep the terminal.
    os._exit(code)
