"""The SAM translation of the service's template: what CloudFormation will see.

Circles between resources, and much else, show only there.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

PLACEHOLDER_CODE_URI = "s3://bucket/key"
"""A placeholder for where the zip will be: SAM takes no local path."""


class SamTranslationError(Exception):
    """An error of the SAM translation; the message has SAM's words, a line each."""


def translate(template: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Translate ``template`` to plain CloudFormation. Raises ``SamTranslationError``."""
    body = copy.deepcopy(dict(template))
    for resource in body["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = PLACEHOLDER_CODE_URI
    translator = Translator({}, Parser(), boto_session=_Region(region))
    try:
        made: dict[str, Any] = translator.translate(body, {})
    except InvalidDocumentException as error:
        raise SamTranslationError(
            "\n".join(str(cause.message) for cause in error.causes)
        ) from error
    finally:
        # To nobody; unpublished, it complains at the end of the process.
        translator.metrics.publish()
    return made


@dataclass(frozen=True)
class _Region:
    """All that SAM asks of a boto3 session."""

    region_name: str
