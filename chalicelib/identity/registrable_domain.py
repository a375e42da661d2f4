"""Registrable domain of a host name: the part that somebody registered."""

from __future__ import annotations

_SECOND_LEVELS = """
    ac ad co com ed edu gen go gob gouv gov govt gr lg ltd me mil ne net nhs nom or org plc sch
    school web
"""
_GEOGRAPHIC_JP = """
    hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba
    tokyo kanagawa niigata toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga
    kyoto osaka hyogo nara wakayama tottori shimane okayama hiroshima yamaguchi tokushima kagawa
    ehime kochi fukuoka saga nagasaki kumamoto oita miyazaki kagoshima okinawa
    kawasaki kitakyushu kobe nagoya sapporo sendai yokohama
"""
_UNDER_COUNTRY = frozenset(_SECOND_LEVELS.split())
"""Second levels under which names are registered in two-letter domains: ``co.jp``, ``ac.uk``."""
_UNDER_JP = _UNDER_COUNTRY | frozenset(_GEOGRAPHIC_JP.split())
"""In .jp also the prefectures and the old designated cities."""


def registrable_domain(name: str) -> str:
    """``mx1.example.co.jp`` → ``example.co.jp``, ``mx.pref.kanagawa.jp`` → ``pref.kanagawa.jp``.

    A rule for grouping mail servers, not the Public Suffix List: that is 200 KB, changes weekly
    and would be loaded by each cold start. Its limits: all names under a municipality
    (``school.shibuya.tokyo.jp``) are one group; rarer second levels of other countries
    (``x.gv.at``) and private suffixes (``x.github.io``) are cut one label too short.
    """
    labels = name.lower().rstrip(".").split(".")
    keep = 2
    if len(labels) > 2 and len(labels[-1]) == 2:
        under = _UNDER_JP if labels[-1] == "jp" else _UNDER_COUNTRY
        keep = 3 if labels[-2] in under else 2
    return ".".join(labels[-keep:])
