"""SES: takes mails, carries them to the providers, and says what became of them."""
