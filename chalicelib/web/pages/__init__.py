"""The pages: rendered by the API itself, readable without scripts and on the first paint.

Sources are in ``frontend/``; ``make build`` builds them into ``built/``. All but the step
guard is imported when the first page is asked for, never by a JSON call.
"""
