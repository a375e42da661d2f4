"""Environment variables of this process, as Lambda and the template would set them."""

from __future__ import annotations

import os
from collections.abc import Mapping


class ProcessEnvironment:
    """``os.environ`` with our variables, until it is restored.

    Everything of AWS that was there is taken away first: a developer's profile, keys and
    endpoints have no say here, and nothing can reach a real account.
    """

    def __init__(self, region: str, endpoint: str) -> None:
        self._variables = {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        self._before: dict[str, str] | None = None

    def set_up(self) -> None:
        """Remove the variables of AWS and Todoku, and set ours."""
        self._before = dict(os.environ)
        for name in list(os.environ):
            if name.startswith(("AWS_", "TODOKU_")):
                del os.environ[name]
        os.environ.update(self._variables)

    def add(self, variables: Mapping[str, str]) -> None:
        """Set more variables."""
        os.environ.update(variables)

    def restore(self) -> None:
        """Restore the environment variables."""
        if self._before is not None:
            os.environ.clear()
            os.environ.update(self._before)
            self._before = None
