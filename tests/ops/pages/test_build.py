"""The build of the pages: the same bytes from the same sources, and catalogues that are whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from chalicelib.locales import LOCALES
from ops.cli import main
from ops.commands import pages as command
from ops.errors import CommandError
from ops.pages import build, catalogues


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    build.build(built=tmp_path / "one")
    build.build(built=tmp_path / "two")

    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_build_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "old.js").write_text("old")

    build.build(built=tmp_path / "built")

    assert not (tmp_path / "built" / "old.js").exists()


def test_a_build_that_fails_keeps_the_one_before(tmp_path: Path) -> None:
    sources, built = tmp_path / "sources", tmp_path / "built"
    for folder in ("templates", "styles", "scripts"):
        (sources / folder).mkdir(parents=True)
    (sources / "templates" / "a.html").write_text("{% if %}")
    built.mkdir()
    (built / "manifest.json").write_text("before")

    with pytest.raises(TemplateSyntaxError):
        build.build(sources, built)

    assert (built / "manifest.json").read_text() == "before"


def test_a_scripts_name_covers_what_it_imports(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text('import { a } from "./part.js";\na();\n')
    (tmp_path / "part.js").write_text("export function a() {}\n")
    before = build.bundle_scripts(tmp_path)
    (tmp_path / "part.js").write_text("export function a() { return 1; }\n")
    after = build.bundle_scripts(tmp_path)

    assert before["page"][0] != after["page"][0]
    for name, text in after.values():
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        assert name.endswith(f"-{digest}.js")
    assert after.keys() == {"page"}


def test_what_a_script_imports_runs_before_it_once_and_keeps_its_names_to_itself(
    tmp_path: Path,
) -> None:
    (tmp_path / "page.js").write_text(
        'import { a } from "./left.js";\nimport { own } from "./right.js";\na(own());\n'
    )
    (tmp_path / "left.js").write_text(
        'import { own } from "./right.js";\nexport async function a() { main(own()); }\n'
        "function main() {}\n"
    )
    (tmp_path / "right.js").write_text("export function own() { main(); }\nfunction main() {}\n")

    assert build.bundle_scripts(tmp_path)["page"][1] == (
        "const $right=(()=>{function e(){t()}function t(){}return{own:e}})(),"
        "$left=(()=>{const{own:e}=$right;async function t(){n(e())}function n(){}return{a:t}})(),"
        "{a}=$left,{own}=$right;a(own())"
    )


def test_a_script_loaded_when_needed_is_renamed_too(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text('const a = await import("./part.js");\n')
    (tmp_path / "part.js").write_text("export const b = 1;\n")

    made = build.bundle_scripts(tmp_path)

    assert f'import("./{made["part"][0]}")' in made["page"][1]


def test_scripts_that_import_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import "./b.js";\n')
    (tmp_path / "b.js").write_text('import "./a.js";\n')

    with pytest.raises(CommandError, match="circle"):
        build.bundle_scripts(tmp_path)


SCRIPT = (
    '/** What it is.\n * @param {string} a\n */\nexport const url = "https://x//y"; // z\n'
    "// alone\nexport const glob = `a/*b*/c`;\n"
)


def test_scripts_are_minified_and_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(SCRIPT)

    assert build.bundle_scripts(tmp_path)["a"][1] == (
        'export const url="https://x//y";export const glob=`a/*b*/c`'
    )


def test_where_there_is_no_minifier_they_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "minify", None)
    (tmp_path / "a.js").write_text(SCRIPT)

    assert build.bundle_scripts(tmp_path)["a"][1] == SCRIPT


def test_styles_keep_the_blank_that_means_a_descendant(tmp_path: Path) -> None:
    (tmp_path / "2.css").write_text("a :hover { color: red; }\n")
    (tmp_path / "1.css").write_text("/* first */ a,\nb { margin: 0 1px; }")

    assert build.bundle_styles(tmp_path) == "a,b{margin:0 1px}a :hover{color:red}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with two sentences, each known in every language."""
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "frontend" / "templates").mkdir(parents=True)
    (tmp_path / "chalicelib" / "a.py").write_text('A = _("Sent to %(name)s")\n')
    (tmp_path / "frontend" / "templates" / "a.html").write_text('<p>{{ _("Hello") }}\n')
    catalogues.update(tmp_path)
    for locale in LOCALES:
        change(tmp_path, locale, 'msgid "Hello"\nmsgstr ""', 'msgid "Hello"\nmsgstr "や"')
        change(tmp_path, locale, '%(name)s"\nmsgstr ""', '%(name)s"\nmsgstr "%(name)s へ"')
    assert catalogues.check(tmp_path) == []
    return tmp_path


def change(root: Path, locale: str, old: str, new: str) -> None:
    file = catalogues.path(root, locale)
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_a_new_sentence_is_missing_until_every_language_has_it(tree: Path) -> None:
    (tree / "chalicelib" / "b.py").write_text('B = words(locale).gettext("New")\n')

    assert len(catalogues.check(tree)) == len(LOCALES)
    catalogues.update(tree)
    left = catalogues.check(tree)
    assert len(left) == len(LOCALES) - 1, "English says the ids themselves"
    assert all("not translated: 'New'" in complaint for complaint in left)


def test_a_sentence_that_no_source_has_is_a_complaint_until_it_goes(tree: Path) -> None:
    (tree / "chalicelib" / "a.py").write_text("")

    assert len(catalogues.check(tree)) == len(LOCALES)
    catalogues.update(tree)
    assert catalogues.check(tree) == []
    assert "%(name)s" not in catalogues.path(tree, "ja").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("%(name)s へ", "%(nome)s へ", "other placeholders"),
        ("%(name)s へ", "へ", "other placeholders"),
        ("%(name)s へ", "%(name)s {m} へ", "other placeholders"),
        ('msgid "Hello"', '#, fuzzy\nmsgid "Hello"', "fuzzy"),
        ('msgstr "や"', 'msgstr ""', "not translated"),
    ],
)
def test_what_a_translator_can_get_wrong_is_told(
    tree: Path, old: str, new: str, complaint: str
) -> None:
    change(tree, "ja-easy", old, new)

    (told,) = catalogues.check(tree)
    assert complaint in told
    assert "ja_easy" in told


def test_plurals_are_checked_each(tree: Path) -> None:
    (tree / "chalicelib" / "b.py").write_text('t.ngettext("%(n)d day", "%(n)d days", n)\n')
    catalogues.update(tree)
    change(tree, "ja", 'msgstr[0] ""', 'msgstr[0] "%(n)d日"')
    change(tree, "ja-easy", 'msgstr[0] ""', 'msgstr[0] "日"')

    (told,) = catalogues.check(tree)
    assert "other placeholders" in told
    assert "ja_easy" in told


def test_what_was_translated_survives_an_update(tree: Path) -> None:
    before = catalogues.path(tree, "ja").read_bytes()

    catalogues.update(tree)

    assert catalogues.path(tree, "ja").read_bytes() == before


def test_the_projects_own_catalogues_are_complete(root: Path) -> None:
    assert catalogues.check(root) == []


def test_check_answers_with_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROOT", tree)

    assert main(["pages", "--check"]) == 0
    change(tree, "ja", 'msgstr "や"', 'msgstr ""')
    assert main(["pages", "--check"]) == 1
    assert "not translated: 'Hello'" in capsys.readouterr().err
