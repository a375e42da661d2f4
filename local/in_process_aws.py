"""The local AWS side with moto in this process: no server and no thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from moto import mock_aws

from local.aws import Driver, LocalAws
from local.moto_patches import MotoPatches


@contextmanager
def in_process_aws(
    driver: Driver,
    *,
    function_arns: Mapping[str, str],
    secrets: Mapping[str, str] | None = None,
    transit: float = 0.0,
) -> Iterator[LocalAws]:
    """A fresh AWS side with its stacks, gone afterwards. The arguments are ``LocalAws``'s;
    ``driver.clients`` need no endpoint."""
    patches = MotoPatches()
    try:
        # Before moto starts, or it would not learn of the paths that are added to it.
        aws = LocalAws(
            patches, driver, function_arns=function_arns, secrets=secrets, transit=transit
        )
        with mock_aws():
            aws.create_stacks()
            yield aws
    finally:
        patches.remove()
