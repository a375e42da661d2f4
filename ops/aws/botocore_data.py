"""What the installed botocore knows of AWS, whoever is signed in and whatever is configured."""

from __future__ import annotations

import os

from botocore.session import Session


def models() -> Session:
    """A session for its data alone: nobody's profile is looked for, so none can be missing."""
    return Session(
        session_vars={
            "profile": (None, [], None, None),
            "config_file": (None, [], os.devnull, None),
            "credentials_file": (None, [], os.devnull, None),
        }
    )
