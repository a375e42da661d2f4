"""The only room with botocore in it. What goes wrong here leaves as a domain error."""
