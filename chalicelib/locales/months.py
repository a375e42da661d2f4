"""Months as a date names them: in words where a number could be taken for the day."""

from __future__ import annotations

from chalicelib.locales import _

MONTHS = (
    _("Jan"),
    _("Feb"),
    _("Mar"),
    _("Apr"),
    _("May"),
    _("Jun"),
    _("Jul"),
    _("Aug"),
    _("Sep"),
    _("Oct"),
    _("Nov"),
    _("Dec"),
)
"""Catalogue ids, January first."""
