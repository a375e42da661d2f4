"""Request bodies: what each call takes. The types validate JSON and forms and describe the OpenAPI.

Names and types are checked here, and every invalid field is named, not only the first; what a
value means (is this an address?) is the rooms' to say.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from chalicelib.errors import Invalid, InvalidField
from chalicelib.locales import LOCALES, Locale
from chalicelib.web import forms
from chalicelib.web.errors import Malformed
from chalicelib.web.request import Request

B = TypeVar("B", bound=Struct)

_TICKED: Final = {"on": True, "true": True, "1": True, "": False, "false": False, "0": False}
_LONGEST_NAME: Final = 64
_MOST_ERRORS: Final = 20


Altcha = Annotated[
    str | None, Meta(description="The solved challenge of a challenge-required problem")
]


class Nothing(Struct, forbid_unknown_fields=True):
    """A call that takes no fields: an empty body or ``{}``."""


class Address(Struct, forbid_unknown_fields=True):
    """Register with an address."""

    email: Annotated[str, Meta(description="As typed", examples=["taro@example.com"])]
    locale: Annotated[
        Locale | None, Meta(description="Of the mails and the answers; else Accept-Language")
    ] = None
    as_typed: Annotated[
        bool, Meta(description="The address is right although it looks like a slip")
    ] = False
    altcha: Altcha = None


class NewAddress(Struct, forbid_unknown_fields=True):
    """Correct the address before it is verified."""

    email: Annotated[str, Meta(description="As typed", examples=["taro@example.com"])]
    as_typed: Annotated[
        bool, Meta(description="The address is right although it looks like a slip")
    ] = False
    altcha: Altcha = None


class SendAgain(Struct, forbid_unknown_fields=True):
    """Ask for the code once more."""

    altcha: Altcha = None


class Code(Struct, forbid_unknown_fields=True):
    """The code that was mailed."""

    code: Annotated[
        str,
        Meta(
            description="Six digits, or ten if the mail says ten: in full width too, with spaces, "
            "hyphens or dots between them, in brackets, or in a sentence that has no other code",
            examples=["123456"],
        ),
    ]


class Password(Struct, forbid_unknown_fields=True):
    """The password of the new account."""

    password: Annotated[
        str,
        Meta(
            description="Any characters, long rather than mixed. Blanks and invisible characters "
            "at both ends are taken off"
        ),
    ]


def read(kind: type[B], request: Request) -> B:
    """The request's body as a ``kind``.

    Raises ``Malformed`` for what cannot be read at all, and ``Invalid`` with each field
    that is missing, unknown or of the wrong type.
    """
    form = request.content_type == forms.FORM
    if form:
        fields: dict[str, Any] = forms.parse(request.body)
        fields = {name: text for name, text in fields.items() if name not in forms.OURS}
    elif request.body or needed(kind):
        fields = parse_json(request.body)
    else:
        fields = {}
    return _filled(kind, fields, form=form)


def parse_json(body: bytes) -> dict[str, Any]:
    """A JSON object (RFC 8259), strictly.

    Raises ``Malformed`` for anything else: bytes that are no UTF-8, a byte-order mark, NaN,
    Infinity and numbers past a double, names that come twice, lone surrogates, nesting deeper
    than the interpreter can follow.
    """
    try:
        text = body.decode()
        value = _STRICT.decode(text)
        if "\\u" in text:
            # Only an escape can be a lone surrogate: UTF-8 has none.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("the body is no JSON object")
    return value


def needed(kind: type[Struct]) -> bool:
    """Whether a body must come: without one, all fields are left out."""
    return any(field.required for field in _fields(kind))


@cache
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    # Kept: looking them up anew takes longer than everything else about a request.
    return msgspec.structs.fields(kind)


def _filled(kind: type[B], fields: dict[str, Any], *, form: bool) -> B:
    values: dict[str, Any] = {}
    invalid: list[InvalidField] = []
    known = _fields(kind)
    for field in known:
        name = field.encode_name
        if name not in fields:
            if field.required:
                invalid.append(InvalidField(name, "missing"))
            continue
        value = fields[name]
        if form and not field.required:
            # A form sends every field; an empty one that may be left out was left out.
            value = _TICKED.get(value, value) if field.default is False else value or None
        try:
            values[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            locale = name == "locale" and isinstance(value, str) and value not in LOCALES
            invalid.append(InvalidField(name, "unknown-locale" if locale else "wrong-type"))
    names = {field.encode_name for field in known}
    # Names are echoed, so they are cut: what is sent back is never long or a control character.
    invalid += [
        InvalidField("".join(filter(str.isprintable, name))[:_LONGEST_NAME], "unknown-field")
        for name in fields
        if name not in names
    ]
    if invalid:
        raise Invalid(*invalid[:_MOST_ERRORS])
    return kind(**values)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name comes twice")
    return fields


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number past a double")
    return value


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite
)
