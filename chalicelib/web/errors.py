"""HTTP errors: what can be wrong with a request before any rule is asked.

They are ``TodokuError`` so that ``problems.py`` maps them like everything else, and they live
here because ``errors.py`` knows no HTTP.
"""

from __future__ import annotations

from chalicelib.errors import TodokuError


class Malformed(TodokuError):
    """400: the request cannot be read. ``what`` is for developers and quotes nothing sent."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class ForeignOrigin(TodokuError):
    """403: the form that sent this is not on a site that may."""


class CrossSiteFetch(TodokuError):
    """403: a script sent this from a configured origin of another site, which keeps no cookie."""


class OtherRegistration(TodokuError):
    """409: a form's page showed another registration than this browser's present one."""


class NotFound(TodokuError):
    """404: nothing is served at this path."""


class MethodNotAllowed(TodokuError):
    """405: something is served here, but not by this method. ``allow`` lists those that are."""

    def __init__(self, allow: tuple[str, ...]) -> None:
        super().__init__(", ".join(allow))
        self.allow = allow


class TooLarge(TodokuError):
    """413: the body is larger than ``event.LARGEST_BODY``. ``begins`` is as much of it as that."""

    def __init__(self, begins: bytes = b"") -> None:
        super().__init__()
        self.begins = begins


class UnsupportedMediaType(TodokuError):
    """415: the body is neither JSON nor a plain form, or not in UTF-8."""
