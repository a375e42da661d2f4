"""Prices in US dollars, without tax. None was read on AWS's own price page by this project:
all come from public documents that quote it. Check them there before you rely on them.
"""

from __future__ import annotations

from ops.costs import Price

TOKYO = "ap-northeast-1"
VIRGINIA = "us-east-1"
"""Where no price for Tokyo was found."""
_MILLION = 1_000_000
_LIST = "2026-09-23"
"""Tokyo's price lists as a public cost model quotes them, usage type by usage type."""
_UNDATED = "no date"

API_REQUEST = Price(4.25, _MILLION, "request", TOKYO, _UNDATED)
FIREWALL_REQUEST = Price(0.60, _MILLION, "request", TOKYO, _LIST)
TRAFFIC_OUT = Price(0.114, _MILLION, "KB", TOKYO, _LIST)
INVOCATION = Price(0.20, _MILLION, "invocation", TOKYO, _LIST)
COMPUTING = Price(13.3334, _MILLION, "GB-second", TOKYO, _UNDATED)
WRITE = Price(0.715, _MILLION, "write unit", TOKYO, _LIST)
READ = Price(0.1425, _MILLION, "read unit", TOKYO, _LIST)
STORAGE = Price(0.285, _MILLION, "KB and month", TOKYO, _UNDATED)
RECOVERY = Price(0.20, _MILLION, "KB and month", VIRGINIA, "2026-01-07")
QUEUE_REQUEST = Price(0.40, _MILLION, "request", TOKYO, _LIST)
TOPIC_REQUEST = Price(0.50, _MILLION, "event", VIRGINIA, _UNDATED)
KEY_REQUEST = Price(0.03, 10_000, "request", TOKYO, _LIST)
MAIL = Price(0.16, 1000, "mail", VIRGINIA, "2026-07-22")
LOGS = Price(0.76, _MILLION, "KB", TOKYO, _LIST)

FIREWALL = Price(5.00, 1, "web ACL", TOKYO, _LIST)
FIREWALL_RULE = Price(1.00, 1, "rule", TOKYO, _LIST)
ALARM_METRIC = Price(0.10, 1, "metric", TOKYO, _LIST)
METRIC = Price(0.30, 1, "metric", TOKYO, _LIST)
DASHBOARD = Price(3.00, 1, "dashboard", "every region", _UNDATED)
SECRET = Price(0.40, 1, "secret", TOKYO, _LIST)
KEY = Price(1.00, 1, "key", TOKYO, _LIST)

FREE_USERS = 10_000
"""Users of an account that Cognito does not charge for in a month, LITE and ESSENTIALS alike."""
ESSENTIALS_USER = Price(0.015, 1, "user", TOKYO, _LIST)
LITE_USER = Price(0.0055, 1, "user", TOKYO, "2026-08")
LITE_USER_MORE = Price(0.0046, 1, "user", TOKYO, "2026-08")
LITE_FIRST = 90_000


def users_cost(tier: str, count: float) -> float:
    """What Cognito asks for ``count`` users of one month with whom anything was done: a sign-up,
    a sign-in, and their deletion too."""
    paid = max(0.0, count - FREE_USERS)
    if tier == "ESSENTIALS":
        return ESSENTIALS_USER.of(paid)
    first = min(paid, LITE_FIRST)
    return LITE_USER.of(first) + LITE_USER_MORE.of(paid - first)
