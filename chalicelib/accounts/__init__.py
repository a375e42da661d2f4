"""Who is signed in: what a session's tokens prove. Signing in again, recovery and change of
address move in here with the features themselves."""
