"""What packages is what runs."""

from __future__ import annotations

import sys

import pytest

from ops.errors import CommandError
from ops.package.lambda_runtime import lambda_runtime, lambda_runtimes


def test_the_runtime_is_this_python() -> None:
    assert lambda_runtime() == f"python3.{sys.version_info.minor}"


@pytest.mark.parametrize("version", [(3, 10), (3, 99), (4, 0)])
def test_a_python_that_is_no_runtime_of_ours_says_so(version: tuple[int, int]) -> None:
    with pytest.raises(CommandError, match=rf"no runtime python{version[0]}\.{version[1]}") as told:
        lambda_runtime(version)
    assert "\n" not in str(told.value)
    assert "with PYTHON=python3.11" in str(told.value)


def test_runtimes_are_in_the_order_of_their_age() -> None:
    known = lambda_runtimes()
    assert known.index("python3.9") < known.index("python3.10") < known.index("python3.13")
