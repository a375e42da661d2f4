"""The ``trail`` table: rows of mails, and beside them the codes that may be mailed again.

Rows stand under the reference, codes under ``code#`` and the reference. So nobody who reads an
attempt's rows (the page, an operator) reads ciphertexts, and an IAM condition on
``dynamodb:LeadingKeys`` can keep the API's function from them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.aws.documents import Attributes, DocumentTable
from chalicelib.courier.interfaces import KeptCode
from chalicelib.trail.row import KEPT, Row


class RowTable:
    """``trail.row.Rows`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._documents = DocumentTable(
            client, table, Row, lambda row: _expires(row.started_at + KEPT)
        )

    def change(
        self, reference: str, mail: str, decide: Callable[[Row | None], Row | None]
    ) -> Row | None:
        """Read, decide, write if nobody else wrote meanwhile; else again."""
        return self._documents.change(decide, id=reference, mail=mail)

    def of(self, reference: str) -> list[Row]:
        """Every mail of an attempt, by id."""
        return self._documents.query(reference)

    def remove(self, reference: str, mail: str) -> None:
        """Forget a mail."""
        self._documents.delete(reference, mail)


class CodeTable:
    """``courier.interfaces.Codes`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._documents = DocumentTable(
            client, table, KeptCode, lambda code: _expires(code.expires_at)
        )

    def keep(self, code: KeptCode) -> KeptCode:
        """Keep ``code`` unless it is kept already; returns what is kept."""
        kept = self._documents.change(
            lambda before: before or code, id=_partition(code.reference), mail=code.mail
        )
        return kept or code

    def newest(self, reference: str) -> KeptCode | None:
        """The code issued last; it may have expired."""
        codes = self._documents.query(_partition(reference))
        return max(codes, key=lambda code: (code.issued_at, code.reissue), default=None)

    def forget(self, code: KeptCode) -> None:
        """Take a code away."""
        self._documents.delete(_partition(code.reference), code.mail)


def _partition(reference: str) -> str:
    return f"code#{reference}"


def _expires(at: datetime) -> Attributes:
    return {"expires": {"N": str(int(at.timestamp()))}}
