"""The deletion of a stage that may be lost.

Not verified on AWS: that Secrets Manager shows CloudFormation's tags.
"""
