"""The deployment of a packaged stage: its CloudFormation stacks, from change sets.

Nothing here keeps a state of its own: what exists is asked of CloudFormation each time, so that
a run that was stopped is finished by running it again.

Tests hold it against a fake account behind real botocore clients, and the smoke test against the
service on one machine. Not verified on AWS: that deleting a stack in REVIEW_IN_PROGRESS takes its
change set along, that ``RetainExceptOnCreate`` covers the pepper's secret, that a change set
without changes has one of the two known reasons, and how Service Quotas words UserCreation.
"""
