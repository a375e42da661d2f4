"""The load that the service is planned for: what quotas and limits are held against."""

SIGN_UPS_PER_SECOND = 25
"""Half of the 50 UserCreation calls a second that Cognito gives every account: a sign-up takes
two of them, and a mail. The rest of the service bears as much."""

QUEUE_EXECUTIONS = 15
"""Executions at once that Lambda's pollers of the two queues take: ``maximum_concurrency`` of
``work`` and ``send_again`` in app.py."""
