"""A packaged stage, run as Lambda runs it: the zip's own code, a process for each execution,
the environment that the template gives, and no more rights than the template grants."""
