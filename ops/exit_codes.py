"""How a command ends: an exit code, and one line for each thing that must be mended."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from cloudformation.intrinsics import TemplateError
from ops.errors import CommandError

INTERRUPTED = "Stopped. What was there before is as it was."


def exit_code_of(run: Callable[[], int], stopped: str = INTERRUPTED) -> int:
    """What ``run`` returns; 2 with a line for each problem, 130 when somebody stopped it.

    SIGTERM is a stop like Ctrl-C, so that nothing half-done is left.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        return run()
    except CommandError as error:
        print(error, file=sys.stderr)
    except TemplateError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(_describe_failure(error), file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return 130
    return 2


def _raise_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _describe_failure(error: subprocess.CalledProcessError) -> str:
    if "pip" in error.cmd:
        return "pip could not fetch the wheels (see above). Is the package index reachable?"
    return f"{' '.join(map(str, error.cmd[:4]))} … failed ({error.returncode}, see above)."
