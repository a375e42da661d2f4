"""The build of the pages: compiled templates, one style sheet, scripts named by their hash."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from jinja2.ext import Extension

from ops import ROOT
from ops.errors import CommandError
from ops.temporary_folder import temporary_folder

try:
    import minify
except ImportError:
    # There is no wheel for every machine (docs/dependencies.md). The pages are heavier then.
    minify = None

SOURCES = ROOT / "frontend"
BUILT = ROOT / "chalicelib" / "web" / "pages" / "built"

_STATIC_IMPORT = re.compile(
    r"""^import\s*(?:\{([\w\s,]*)\}\s*from\s*)?["']\./([a-z]+)\.js["'];?""", re.MULTILINE
)
_DYNAMIC_IMPORT = re.compile(r"""\bimport\(["']\./([a-z]+)\.js["']\)""")
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
_JAVASCRIPT = "text/javascript"


class TrimWhitespace(Extension):
    """A Jinja extension that removes indentation and empty lines from templates."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Jinja2's hook on a template's source."""
        return re.sub(r"\s*\n\s*", "\n", source).strip()


def build(sources: Path = SOURCES, built: Path = BUILT) -> None:
    """Make everything in ``built`` anew. Until all of it is made, what was there stays."""
    built.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder("building-", built.parent) as made:
        _build_into(sources, made / "new")
        if built.exists():
            built.rename(made / "old")
        (made / "new").rename(built)


def _build_into(sources: Path, built: Path) -> None:
    assets = built / "assets"
    assets.mkdir(parents=True)
    files = bundle_scripts(sources / "scripts")
    for name, text in files.values():
        (assets / name).write_text(text, encoding="utf-8")
    style = bundle_styles(sources / "styles")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    manifest = {
        "style": style,
        "style_hash": f"sha256-{digest}",
        "scripts": {entry: file for entry, (file, _text) in files.items()},
        "assets": {name: f"{_JAVASCRIPT}; charset=utf-8" for name, _ in files.values()},
    }
    compile_templates(sources / "templates", built / "templates")
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    (built / "manifest.json").write_text(text, encoding="utf-8")


def compile_templates(sources: Path, target: Path) -> None:
    """Compile every template to a Python module; a mistake in one is an error here."""
    from jinja2 import FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        extensions=[TrimWhitespace],
    )
    # What the pages add at run time must be known by name here (chalicelib/web/pages/render.py).
    environment.filters["ruby"] = environment.filters["without_readings"] = str
    environment.compile_templates(target, extensions=["html"], zip=None, ignore_errors=False)


def bundle_styles(folder: Path) -> str:
    """Concatenate all style sheets in the order of their names, and minify them.

    A minifier's library gains nothing here, and takes away what older browsers fall back on.
    """
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.css")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    # Not before a colon: ``a :hover`` is not ``a:hover``.
    text = re.sub(r":\s+", ":", text)
    return text.replace(";}", "}").strip()


def bundle_scripts(folder: Path) -> dict[str, tuple[str, str]]:
    """By script: its file name with its content's hash in it, and its minified text.

    What a module imports is put before it, each module in a function of its own: one file needs one
    request, and packs a fifth smaller than its modules by themselves. A module that nobody imports
    is a file; one that is imported when it is needed keeps to its own, under its hashed name.
    """
    sources = {p.stem: p.read_text(encoding="utf-8") for p in folder.glob("*.js")}
    needed = {module: _needed(module, sources) for module in sorted(sources)}
    parts = {module for modules in needed.values() for module in modules}
    done: dict[str, tuple[str, str]] = {}

    def finish(module: str, importers: tuple[str, ...] = ()) -> str:
        if module in importers:
            raise CommandError(f"scripts import each other in a circle: {' '.join(importers)}")
        if module not in done:
            before = (_wrapped(part, sources[part]) for part in needed[module])
            text = "".join([*before, _STATIC_IMPORT.sub(_destructured, sources[module])])
            text = _DYNAMIC_IMPORT.sub(
                lambda m: f'import("./{finish(m[1], (*importers, module))}")', text
            )
            text = minify.string(_JAVASCRIPT, text) if minify else text
            digest = hashlib.sha256(text.encode()).hexdigest()[:10]
            done[module] = (f"{module}-{digest}.js", text)
        return done[module][0]

    for module in needed.keys() - parts:
        finish(module)
    return done


def _needed(module: str, sources: dict[str, str], importers: tuple[str, ...] = ()) -> list[str]:
    """What ``module`` imports before it can run, directly or not, in the order to run it."""
    if module in importers:
        raise CommandError(f"scripts import each other in a circle: {' '.join(importers)}")
    found: list[str] = []
    for _names, part in _STATIC_IMPORT.findall(sources[module]):
        found += [*_needed(part, sources, (*importers, module)), part]
    return list(dict.fromkeys(found))


def _wrapped(module: str, source: str) -> str:
    """A module in a function, what it exports in a constant of the module's name."""
    names = ",".join(_EXPORT.findall(source))
    text = re.sub("^export ", "", _STATIC_IMPORT.sub(_destructured, source), flags=re.MULTILINE)
    return f"const ${module}=(()=>{{\n{text}return{{{names}}}}})();\n"


def _destructured(found: re.Match[str]) -> str:
    return f"const {{{found[1]}}}=${found[2]};" if found[1] else ""
