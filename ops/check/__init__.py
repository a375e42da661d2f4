"""Checks of the CloudFormation templates of every stage, without an account."""
