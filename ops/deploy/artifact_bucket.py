"""The artifact bucket, where CloudFormation reads a package: one per account and region."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from ops.aws.errors import error_code
from ops.errors import CommandError
from ops.package import Package

_NONCURRENT_DAYS = 90
"""Days that an overwritten or deleted object can be had back."""


def bucket_name(account: str, region: str) -> str:
    """The bucket's name: one for each account and region, for all stages."""
    return f"todoku-artifacts-{account}-{region}"


def exists(s3: Any, name: str, account: str) -> bool:
    """Whether the bucket is there. Raises ``CommandError`` when it is another account's."""
    try:
        s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except ClientError as error:
        if error_code(error) in {"404", "NoSuchBucket"}:
            return False
        if error_code(error) == "403":
            raise CommandError(
                f"The bucket {name} is not ours to use: it belongs to another account,"
                " or these credentials may not list it."
            ) from error
        raise
    return True


def create(s3: Any, name: str, region: str) -> None:
    """Create the bucket; no error when a first answer was lost and it is ours already."""
    where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else where))
    except ClientError as error:
        if error_code(error) != "BucketAlreadyOwnedByYou":
            raise


def configure(s3: Any, name: str, account: str) -> None:
    """Block public access, encrypt, version and expire. Each time: a run may have been stopped."""
    ours = {"Bucket": name, "ExpectedBucketOwner": account}
    s3.put_public_access_block(
        **ours,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    encrypted = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(**ours, ServerSideEncryptionConfiguration={"Rules": [encrypted]})
    s3.put_bucket_versioning(**ours, VersioningConfiguration={"Status": "Enabled"})
    expiring = {
        "ID": "old-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": _NONCURRENT_DAYS},
    }
    s3.put_bucket_lifecycle_configuration(**ours, LifecycleConfiguration={"Rules": [expiring]})


def upload(s3: Any, name: str, account: str, package: Package) -> str:
    """Upload zip and template, each under its own hash, and return the template's URL."""
    code_key = _put(s3, name, account, package.archive.read_bytes(), "zip")
    template = json.loads(package.service.read_text(encoding="utf-8"))
    body = json.dumps(with_code_uri(template, name, code_key), ensure_ascii=False, sort_keys=True)
    key = _put(s3, name, account, body.encode(), "json")
    return f"https://{name}.s3.{s3.meta.region_name}.amazonaws.com/{key}"


def with_code_uri(template: Mapping[str, Any], name: str, key: str) -> dict[str, Any]:
    """The template whose functions' code is ``key`` in the bucket."""
    body: dict[str, Any] = copy.deepcopy(dict(template))
    for resource in body["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{name}/{key}"
    return body


def _put(s3: Any, name: str, account: str, content: bytes, ending: str) -> str:
    """Upload unless it is there, and return its key."""
    digest = hashlib.sha256(content)
    key = f"{digest.hexdigest()}.{ending}"
    ours = {"Bucket": name, "Key": key, "ExpectedBucketOwner": account}
    try:
        s3.head_object(**ours)
    except ClientError as error:
        # Without the permission to list, what is not there is forbidden.
        if error_code(error) not in {"404", "403", "NoSuchKey"}:
            raise
        checksum = base64.b64encode(digest.digest()).decode()
        s3.put_object(**ours, Body=content, ChecksumSHA256=checksum)
    return key
