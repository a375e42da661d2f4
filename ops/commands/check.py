"""The command ``check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cloudformation.intrinsics import TemplateError
from cloudformation.template import SENDER, Template
from ops import ROOT, exit_codes
from ops.check import cfn_lint, checkov
from ops.check.sam_translate import SamTranslationError, translate
from ops.errors import CommandError
from ops.package.sam_template import service_template
from ops.stage.settings import Stage, load_stage, stage_names
from ops.temporary_folder import temporary_folder


@click.command(
    epilog=exit_codes.epilog(
        "the templates are in order", "they are not, each error a line on stderr", error="bad usage"
    )
)
def command() -> int:
    """Lint and scan the templates of every stage.

    cfn-lint reads them as they are and as SAM translates them, checkov scans them (.checkov.yaml
    has its waivers). It takes no AWS account; `make check` makes checkov's environment.
    """
    return exit_codes.exit_code_of(_check)


def _check() -> int:
    found: list[str] = []
    with temporary_folder("todoku-check-") as folder:
        files = [SENDER]
        try:
            stages = [load_stage(name) for name in stage_names()]
            for stage in stages:
                found += _stage(stage, folder, files)
            for region in sorted(set(_regions(stages))):
                found += cfn_lint.lint(SENDER.name, SENDER.read_text(encoding="utf-8"), region)
            found += checkov.scan(files)
        except (CommandError, checkov.CheckovError, TemplateError) as error:
            found.append(str(error))
    for line in dict.fromkeys(found):
        print(line, file=sys.stderr)
    if found:
        return exit_codes.NEGATIVE
    print(f"The templates of {', '.join(stage_names())} are in order.")
    return exit_codes.OK


def _regions(stages: list[Stage]) -> Iterator[str]:
    """Where routes are, and where they would be unless a stage said otherwise."""
    parameters = Template.read().body["Parameters"]
    yield from (parameters[name]["Default"] for name in ("PrimaryRegion", "SecondRegion"))
    for stage in stages:
        yield from (stage.region, *(route.region for route in stage.routes))


def _stage(stage: Stage, folder: Path, files: list[Path]) -> Iterator[str]:
    template = service_template(ROOT, stage, "unpackaged")
    yield from cfn_lint.lint(f"service ({stage.name})", template, stage.region)
    try:
        plain = translate(template, stage.region)
    except SamTranslationError as error:
        yield f"service ({stage.name}), SAM: {error}"
        return
    yield from cfn_lint.lint(f"service ({stage.name}), translated", plain, stage.region)
    files.append(folder / f"service-{stage.name}.json")
    files[-1].write_text(json.dumps(plain), encoding="utf-8")
