"""How a command ends: an exit code, and one line for each thing that must be mended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from local.intrinsics import TemplateError
from ops.bundle import collect
from ops.deploy.apply import Declined
from ops.deploy.cloud import NOTHING_LOST, in_a_line
from ops.stage import Refused

STOPPED = f"Stopped. {NOTHING_LOST}"


def ended(run: Callable[[], int], stopped: str = STOPPED) -> int:
    """What ``run`` returns, or the exit code of how it ended, with a line for each problem.

    ``stopped``: what is said after Ctrl-C. Any other error is a fault of ours, and a traceback.
    """
    try:
        return run()
    except Declined as declined:
        print(declined, file=sys.stderr)
        return 1
    except (Refused, collect.NotInstalled, TemplateError) as refused:
        print(refused, file=sys.stderr)
    except subprocess.CalledProcessError:
        print("pip could not fetch the wheels (see above).", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(" ".join(in_a_line(error).split()), file=sys.stderr)
    except OSError as error:
        # A folder that nobody may write to, a disk that is full.
        print(" ".join(str(error).split()), file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return 130
    return 2
