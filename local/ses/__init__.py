"""SES: accepts mails, delivers them to the providers, publishes events about them."""
