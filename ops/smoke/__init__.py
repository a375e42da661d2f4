"""The smoke test: does a deployed service work?"""
