"""How a deployment's command ends: as every command does, and with AWS's errors as a line."""

from __future__ import annotations

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from ops import exit_codes
from ops.aws.errors import NOTHING_LOST, describe_error, may_interrupt
from ops.errors import CommandError, Declined

INTERRUPTED = f"Stopped. {NOTHING_LOST}"


def exit_code_of(run: Callable[[], int], stopped: str = INTERRUPTED) -> int:
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
            line = " ".join(describe_error(error).split())
            raise CommandError(
                f"{line} {NOTHING_LOST}" if may_interrupt(error) else line
            ) from error

    return exit_codes.exit_code_of(told, stopped)
