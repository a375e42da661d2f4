"""The ``trail`` table: records of mails, and beside them the codes that may be mailed again.

Records stand under the reference, codes under ``code#`` and the reference. So nobody who reads an
attempt's records (the page, an operator) reads ciphertexts, and an IAM condition on
``dynamodb:LeadingKeys`` can keep the API's function from them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.aws.versioned_table import Attributes, VersionedTable
from chalicelib.trail.mail_record import KEPT, MailRecord
from chalicelib.verification.model import KeptCode


class MailRecordTable:
    """``trail.mail_record.MailRecords`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._records = VersionedTable(
            client, table, MailRecord, lambda record: _expires(record.started_at + KEPT)
        )

    def change(
        self, reference: str, mail: str, decide: Callable[[MailRecord | None], MailRecord | None]
    ) -> MailRecord | None:
        """Read, decide, write if nobody else wrote meanwhile; else again."""
        return self._records.change(decide, id=reference, mail=mail)

    def of(self, reference: str) -> list[MailRecord]:
        """Every mail of an attempt, by id."""
        return self._records.query(reference)

    def remove(self, reference: str, mail: str) -> None:
        """Forget a mail."""
        self._records.delete(reference, mail)


class KeptCodeTable:
    """``verification.model.KeptCodes`` in DynamoDB."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        self._records = VersionedTable(
            client, table, KeptCode, lambda code: _expires(code.expires_at)
        )

    def keep(self, code: KeptCode) -> KeptCode:
        """Keep ``code`` unless it is kept already; returns what is kept."""
        kept = self._records.change(
            lambda before: before or code, id=_partition(code.reference), mail=code.mail
        )
        return kept or code

    def newest(self, reference: str) -> KeptCode | None:
        """The code issued last; it may have expired."""
        codes = self._records.query(_partition(reference))
        return max(codes, key=lambda code: (code.issued_at, code.reissue), default=None)

    def forget(self, code: KeptCode) -> None:
        """Take a code away."""
        self._records.delete(_partition(code.reference), code.mail)


def _partition(reference: str) -> str:
    return f"code#{reference}"


def _expires(at: datetime) -> Attributes:
    return {"expires": {"N": str(int(at.timestamp()))}}
