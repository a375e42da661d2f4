"""Exit codes of the commands, and the lines on stderr that go with them.

0 success; 1 it was declined, or a check failed; 2 an error that a person must fix; 130 interrupted.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from cloudformation.intrinsics import TemplateError
from ops.errors import CommandError, Declined

OK, NEGATIVE, ERROR, INTERRUPTED = 0, 1, 2, 130
STOPPED = "Stopped. What was there before is as it was."


def exit_code_of(run: Callable[[], int], stopped: str = STOPPED) -> int:
    """The exit code that ``run`` returns, or the one of the exception that ended it.

    An error that a person can fix is a line for each thing to fix on stderr; ``stopped`` is said
    after Ctrl-C. Any other error is a bug, and a traceback. SIGTERM interrupts as Ctrl-C does, so
    that nothing half-done is left.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        return run()
    except Declined as declined:
        print(declined, file=sys.stderr)
        return NEGATIVE
    except CommandError as error:
        print(error, file=sys.stderr)
    except TemplateError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(_describe_child_error(error), file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return INTERRUPTED
    return ERROR


def epilog(success: str, negative: str = "", error: str = "") -> str:
    """The exit codes as the end of a command's help, which click must not wrap."""
    meanings = {
        OK: success,
        NEGATIVE: negative,
        ERROR: error or "something must be fixed first, each a line on stderr; bad usage",
        INTERRUPTED: "interrupted by Ctrl-C or SIGTERM",
    }
    lines = [f"  {code:<5}{meaning}" for code, meaning in meanings.items() if meaning]
    return "\n".join(["\b", "Exit codes:", *lines])


def _raise_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _describe_child_error(error: subprocess.CalledProcessError) -> str:
    if "pip" in error.cmd:
        return "pip could not fetch the wheels (see above). Is the package index reachable?"
    return f"{' '.join(map(str, error.cmd[:4]))} … failed ({error.returncode}, see above)."
