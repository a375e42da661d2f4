"""Patches moto's SQS with the shared clock."""

from __future__ import annotations

import moto.sqs.models

from local.clock import Clock
from local.moto_patches import MotoPatches


def patch_sqs_clock(patches: MotoPatches, clock: Clock) -> None:
    """Make delays and visibility time-outs follow the shared clock, as the scheduler does."""
    patches.replace(moto.sqs.models, "unix_time", clock.elapsed)
    patches.replace(moto.sqs.models, "unix_time_millis", lambda: clock.elapsed() * 1000)
