"""Where the pages are; ``views`` has what shows each of them."""

START = "/"
ADDRESS = "/register"
CODE = "/register/code"
HELP = "/register/code/help"
PASSWORD = "/register/password"
DONE = "/register/done"

ALL = (START, ADDRESS, CODE, HELP, PASSWORD, DONE)
