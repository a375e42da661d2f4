"""What the service's own code never does: what would be dangerous with what strangers send."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.test_house import modules, name

COMMANDS_AND_PARSERS = {
    "ctypes",
    "dill",
    "marshal",
    "multiprocessing",
    "os",
    "pickle",
    "pty",
    "shelve",
    "subprocess",
    "xml",
    "yaml",
    "zipfile",
}
"""Modules that run commands, make objects of what they read, or unpack."""

EVALUATORS = {"__import__", "compile", "eval", "exec"}


def service() -> Iterator[tuple[str, ast.AST]]:
    """Every node of what Lambda runs, with the module that it stands in."""
    for module in modules("app.py", "chalicelib"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            yield name(module), node


def imports(wanted: set[str]) -> set[tuple[str, str]]:
    """The modules of ours that import one of these, and which."""
    found = set()
    for module, node in service():
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found |= {(module, n.split(".")[0]) for n in names if n.split(".")[0] in wanted}
    return found


def test_no_command_is_run_and_no_object_is_made_of_what_somebody_sent() -> None:
    # config.py reads the environment.
    assert imports(COMMANDS_AND_PARSERS) == {("chalicelib/config.py", "os")}


def test_no_text_is_evaluated() -> None:
    dynamic = {
        f"{module}: {ast.unparse(node)}"
        for module, node in service()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in EVALUATORS
    }
    assert dynamic == set()


def test_no_pattern_is_made_of_what_somebody_sent() -> None:
    """A pattern is a constant, or what is put into it is escaped."""
    made = {
        module
        for module, node in service()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "re"
        and node.func.attr != "escape"
        and not isinstance(node.args[0], ast.Constant)
        and "re.escape" not in ast.unparse(node.args[0])
    }
    # Of their own lists of words and signs.
    assert made == {
        "chalicelib/identity/codes.py",
        "chalicelib/identity/passwords.py",
        "chalicelib/trail/bounce_words.py",
        "chalicelib/web/pages/links.py",
    }


def test_chance_that_must_not_be_guessed_is_the_systems() -> None:
    # There it is how long the loser of a race waits.
    assert imports({"random"}) == {("chalicelib/aws/versioned_table.py", "random")}
    assert imports({"secrets"})


def test_hashes_are_sha_256() -> None:
    used = {
        node.attr
        for _, node in service()
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }
    assert used == {"sha256"}
    named = {
        str(node.args[2].value)
        for _, node in service()
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("hmac.new", "hmac.digest")
        and isinstance(node.args[2], ast.Constant)
    }
    assert named <= {"sha256"}


def test_secrets_are_compared_in_constant_time() -> None:
    """Whatever is kept of a token or of a code's further digits."""
    for module in ("verification/cookie_token.py", "verification/verify.py"):
        compared = [
            ast.unparse(node.func)
            for file, node in service()
            if file == f"chalicelib/{module}" and isinstance(node, ast.Call)
        ]
        assert "hmac.compare_digest" in compared, module
