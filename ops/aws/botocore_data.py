"""botocore's own data (regions, service models), whatever profile or account is configured."""

from __future__ import annotations

import os

from botocore.session import Session


def session_without_profile() -> Session:
    """A session that looks for no profile, so that none can be missing."""
    return Session(
        session_vars={
            "profile": (None, [], None, None),
            "config_file": (None, [], os.devnull, None),
            "credentials_file": (None, [], os.devnull, None),
        }
    )
