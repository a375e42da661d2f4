"""Account, region, stack and template parameters of the local AWS side."""

from __future__ import annotations

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
STACK = "todoku"
SENDER = "no-reply@entry.todoku.example"

PSEUDO_PARAMETERS = {
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}

PARAMETERS = {
    "BaseUrl": "http://127.0.0.1:8000",
    "PrimarySender": SENDER,
    "HelpContact": "0120-000-000",
    "OperatorName": '{"ja": "見本県教育委員会", "ja-easy": "見本県（みほんけん）の'
    ' 教育委員会（きょういく いいんかい）", "en": "Example Prefecture Board of Education"}',
}
"""The template's own parameters, unless a driver gives others."""


def function_arn(name: str) -> str:
    """ARN of the function with this logical id (``SendCode``)."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-{name}"
