"""The environment that a deployed function finds, for measurements that run the app itself."""

from __future__ import annotations

from collections.abc import Mapping

SETTINGS = {
    "AWS_REGION": "ap-northeast-1",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    # Lambda hands a function its role's credentials in these.
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_SESSION_TOKEN": "bench",
    "TODOKU_STACK": "bench",
    "TODOKU_BASE_URL": "https://entry.example.lg.jp",
    "TODOKU_PEPPER": "0123456789abcdef0123456789abcdef",
    "TODOKU_SERVICE_NAME": '{"ja": "出願登録", "ja-easy": "出願の登録", "en": "Application"}',
    "TODOKU_POOL": "ap-northeast-1_bench",
    "TODOKU_CLIENT": "bench",
    "TODOKU_CLIENT_SECRET": "bench",
    "TODOKU_JOBS_QUEUE": "https://sqs.ap-northeast-1.amazonaws.com/000000000000/bench-jobs",
    "TODOKU_RESENDS_QUEUE": "https://sqs.ap-northeast-1.amazonaws.com/000000000000/bench-resends",
    "TODOKU_KEY": "arn:aws:kms:ap-northeast-1:000000000000:key/bench",
    "TODOKU_ROUTES": (
        '[{"name": "primary", "region": "ap-northeast-1", "configuration_set": "bench-primary",'
        ' "sender": "no-reply@entry.example.lg.jp"}]'
    ),
    "TODOKU_MAIL_BUDGET": "45000",
    "TODOKU_SHORTEST_PASSWORD": "8",
}


def environment(**more: str) -> Mapping[str, str]:
    """``SETTINGS`` and ``more``, and nothing of this machine's own environment."""
    return {**SETTINGS, **more}
