"""The process's environment, as Lambda and the template would make it."""

from __future__ import annotations

import os
from collections.abc import Mapping


class ProcessEnvironment:
    """Sets ``os.environ`` and puts it back.

    Everything of AWS that was there is taken away first: a developer's profile, keys and
    endpoints have no say here, and nothing can reach a real account.
    """

    def __init__(self, region: str, endpoint: str) -> None:
        self._own = {
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

    def enter(self) -> None:
        """Take away what is AWS's and Todoku's, and set what is ours."""
        self._before = dict(os.environ)
        for name in list(os.environ):
            if name.startswith(("AWS_", "TODOKU_")):
                del os.environ[name]
        os.environ.update(self._own)

    def add(self, variables: Mapping[str, str]) -> None:
        """Set what the template says the functions find."""
        os.environ.update(variables)

    def leave(self) -> None:
        """Everything as it was."""
        if self._before is not None:
            os.environ.clear()
            os.environ.update(self._before)
            self._before = None
