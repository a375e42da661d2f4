"""Errors of what is set at the local machine: switches and providers' rules, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec


class InvalidSetting(Exception):
    """Invalid value of a switch or a provider's rule; the message says why."""


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object that was sent. Raises ``InvalidSetting``."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidSetting(f"The body is no JSON object: {error}") from None


def invalid_setting(
    kind: type[msgspec.Struct], given: Mapping[str, Any], takes: Mapping[str, str], *, strict: bool
) -> InvalidSetting:
    """Why ``given`` is no ``kind``; ``takes`` says in words what each field takes."""
    names = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in names.items():
        if name not in given:
            if field.required:
                return InvalidSetting(f"{name} is missing. It is {takes[name]}.")
            continue
        try:
            msgspec.convert(given[name], field.type, strict=strict)
        except msgspec.ValidationError:
            shown = json.dumps(given[name], ensure_ascii=False)[:60]
            return InvalidSetting(f"{name} must be {takes[name]}, not {shown}.")
    unknown = ", ".join(sorted(given.keys() - names))
    return InvalidSetting(f"There is no {unknown} here. There are {', '.join(names)}.")
