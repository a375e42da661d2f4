"""What is deployed lies in a closed bucket of the account's own, under its own hash."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.deploy import artifact_bucket
from ops.errors import CommandError
from ops.package import Package
from tests.ops.conftest import REGION
from tests.ops.fake_account import NUMBER, AwsError, FakeAccount

BUCKET = "todoku-artifacts-123456789012-ap-northeast-1"


def test_each_account_and_region_has_one() -> None:
    assert artifact_bucket.bucket_name(NUMBER, REGION) == BUCKET


@pytest.mark.parametrize(("told", "there"), [({}, True), (AwsError("404", status=404), False)])
def test_whether_it_is_there(account: FakeAccount, told: Any, there: bool) -> None:
    account.answers["s3.HeadBucket"] = told
    assert artifact_bucket.exists(account.clients("s3", REGION), BUCKET, NUMBER) is there
    (asked,) = account.asked("s3.HeadBucket")
    assert asked["ExpectedBucketOwner"] == NUMBER


def test_somebody_elses_bucket_is_never_used(account: FakeAccount) -> None:
    account.answers["s3.HeadBucket"] = AwsError("403", status=403)
    with pytest.raises(CommandError, match="another account"):
        artifact_bucket.exists(account.clients("s3", REGION), BUCKET, NUMBER)


def test_it_is_made_in_its_region(account: FakeAccount) -> None:
    account.answers["s3.CreateBucket"] = {}
    artifact_bucket.create(account.clients("s3", REGION), BUCKET, REGION)
    artifact_bucket.create(account.clients("s3", "us-east-1"), BUCKET, "us-east-1")
    here, there = account.asked("s3.CreateBucket")
    assert here["CreateBucketConfiguration"] == {"LocationConstraint": REGION}
    assert "CreateBucketConfiguration" not in there


def test_a_bucket_whose_answer_was_lost_is_ours(account: FakeAccount) -> None:
    account.answers["s3.CreateBucket"] = AwsError("BucketAlreadyOwnedByYou", status=409)
    artifact_bucket.create(account.clients("s3", REGION), BUCKET, REGION)
    account.answers["s3.CreateBucket"] = AwsError("BucketAlreadyExists", status=409)
    with pytest.raises(ClientError):
        artifact_bucket.create(account.clients("s3", REGION), BUCKET, REGION)


def test_it_is_closed_encrypted_versioned_and_forgets(account: FakeAccount) -> None:
    calls = (
        "PutPublicAccessBlock",
        "PutBucketEncryption",
        "PutBucketVersioning",
        "PutBucketLifecycleConfiguration",
    )
    for name in calls:
        account.answers[f"s3.{name}"] = {}
    artifact_bucket.configure(account.clients("s3", REGION), BUCKET, NUMBER)
    assert [name for name, _, _ in account.calls] == [f"s3.{name}" for name in calls]
    closed, encrypted, versioned, expiring = (given for _, _, given in account.calls)
    assert all(closed["PublicAccessBlockConfiguration"].values())
    assert "AES256" in str(encrypted)
    assert versioned["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = expiring["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert all(given["ExpectedBucketOwner"] == NUMBER for _, _, given in account.calls)


def test_zip_and_template_go_up_under_their_hashes(account: FakeAccount, package: Package) -> None:
    account.answers["s3.HeadObject"] = AwsError("404", status=404)
    account.answers["s3.PutObject"] = {}
    url = artifact_bucket.upload(account.clients("s3", REGION), BUCKET, NUMBER, package)
    archive, template = account.asked("s3.PutObject")
    assert archive["Key"] == hashlib.sha256(b"zip").hexdigest() + ".zip"
    assert archive["Body"] == b"zip"
    assert base64.b64decode(archive["ChecksumSHA256"]) == hashlib.sha256(b"zip").digest()
    assert template["Key"] == hashlib.sha256(template["Body"]).hexdigest() + ".json"
    assert url == f"https://{BUCKET}.s3.{REGION}.amazonaws.com/{template['Key']}"
    work = json.loads(template["Body"])["Resources"]["Work"]
    assert work["Properties"]["CodeUri"] == f"s3://{BUCKET}/{archive['Key']}"


def test_what_is_there_is_not_uploaded_again(account: FakeAccount, package: Package) -> None:
    account.answers["s3.HeadObject"] = {}
    artifact_bucket.upload(account.clients("s3", REGION), BUCKET, NUMBER, package)
    assert account.asked("s3.PutObject") == []


def test_only_functions_get_the_code() -> None:
    template = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}, "APIHandler": {}}}
    assert artifact_bucket.with_code_uri(template, BUCKET, "key.zip") == template


def test_the_package_itself_stays_as_it_was_made(package: Package) -> None:
    template = json.loads(package.service.read_text())
    artifact_bucket.with_code_uri(template, BUCKET, "key.zip")
    assert template == json.loads(package.service.read_text())
