"""An address becomes a proven account: ask, issue, resend, correct, verify, complete, cancel."""
