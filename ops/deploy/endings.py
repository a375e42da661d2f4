"""How a deployment's command ends: as every command does, and with AWS's errors as a line."""

from __future__ import annotations

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from ops import exit_codes
from ops.aws.clients import NOTHING_LOST, in_a_line, interrupting
from ops.deploy.apply import Declined
from ops.stage import Refused

STOPPED = f"Stopped. {NOTHING_LOST}"


def ended(run: Callable[[], int], stopped: str = STOPPED) -> int:
    """What ``run`` returns, or the exit code of how it ended, with a line for each problem.

    ``stopped`` is said after Ctrl-C. Any other error is a fault of ours, and a traceback.
    """

    def told() -> int:
        try:
            return run()
        except Declined as declined:
            print(declined, file=sys.stderr)
            return 1
        except (BotoCoreError, ClientError) as error:
            line = " ".join(in_a_line(error).split())
            raise Refused(f"{line} {NOTHING_LOST}" if interrupting(error) else line) from error

    return exit_codes.ended(told, stopped)
