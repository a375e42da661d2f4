"""``make deploy``: a packaged stage becomes stacks in an account, and ``make destroy`` undoes a
stage that may be lost.

Nothing here keeps a state of its own: what exists is asked of CloudFormation each time, so that
a run that was stopped is mended by running it again. Tests hold it against stand-ins; what only
an account can show is marked "not verified on AWS".
"""
