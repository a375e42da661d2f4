"""Proofs of work, done as the altcha library's own client does them."""

from __future__ import annotations

from typing import Any

from altcha import Challenge, Payload, solve_challenge


def solved(challenge: dict[str, Any]) -> str:
    """What a form sends back for ``challenge``."""
    given = Challenge.from_dict(challenge)
    solution = solve_challenge(given)
    assert solution is not None
    return Payload(given, solution).to_base64()
