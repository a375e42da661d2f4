"""JSON Schema as OpenAPI 3.1 has it, for whoever compares the description with what is answered."""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS31Validator, oas31_format_checker


def validate(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """Raise ``AssertionError`` unless ``value`` is what ``schema`` of ``document`` describes."""
    whole = {**schema, "components": document["components"]}
    try:
        OAS31Validator(whole, format_checker=oas31_format_checker).validate(value)
    except ValidationError as error:
        raise AssertionError(f"{error.json_path}: {error.message}") from error
