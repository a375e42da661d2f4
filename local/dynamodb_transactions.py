"""Patches moto's DynamoDB transactions: their cost must not grow with the tables."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from local.moto_patches import MotoPatches


def patch_transactions(patches: MotoPatches) -> None:
    """Patch moto to copy references to the items, not the items, before a transaction.

    moto copies every item of its tables, to put them back when it fails: with 1,000
    registrations that is a quarter of a second and a few megabytes that stay. References are
    enough for what writes whole items.

    Raises ``AttributeError`` when moto has changed.
    """
    before = DynamoDBBackend.transact_write_items

    def transact_write_items(self: Any, transact_items: list[dict[str, Any]]) -> None:
        if any("Update" in item for item in transact_items):
            raise NotImplementedError("an Update changes an item in place: it could not be undone")
        before(self, transact_items)

    patches.replace(DynamoDBBackend, "transact_write_items", transact_write_items)
    patches.put(Table, "__deepcopy__", _with_the_same_items)


def _with_the_same_items(table: Any, memo: dict[int, Any]) -> Any:
    copied = copy.copy(table)
    copied.items = defaultdict(
        dict,
        {key: dict(of) if table.range_key_attr else of for key, of in table.items.items()},
    )
    return copied
