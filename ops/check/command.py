"""``python -m ops.check``: lint, translate and scan the templates of every stage."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cloudformation.intrinsics import TemplateError
from cloudformation.template import SENDER, Template
from ops.check import cfn_lint, checkov
from ops.check.sam_translate import Untranslatable, translated
from ops.exit_codes import ended
from ops.package.sam_template import service_template
from ops.stage import ROOT, Refused
from ops.stage.settings import Stage, load, names


def main() -> int:
    """Check everything. Returns the exit code: 0, or 1 with a line for each finding."""
    return ended(_check)


def _check() -> int:
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="todoku-check-") as folder:
        files = [SENDER]
        try:
            stages = [load(name) for name in names()]
            for stage in stages:
                found += _stage(stage, Path(folder), files)
            for region in sorted(set(_regions(stages))):
                found += cfn_lint.findings(SENDER.name, SENDER.read_text(encoding="utf-8"), region)
            found += checkov.findings(files)
        except (Refused, checkov.CannotScan, TemplateError) as error:
            found.append(str(error))
    for line in dict.fromkeys(found):
        print(line, file=sys.stderr)
    if found:
        return 1
    print(f"The templates of {', '.join(names())} are in order.")
    return 0


def _regions(stages: list[Stage]) -> Iterator[str]:
    """Where routes are, and where they would be unless a stage said otherwise."""
    parameters = Template.read().body["Parameters"]
    yield from (parameters[name]["Default"] for name in ("PrimaryRegion", "SecondRegion"))
    for stage in stages:
        yield from (stage.region, *(route.region for route in stage.routes))


def _stage(stage: Stage, folder: Path, files: list[Path]) -> Iterator[str]:
    template = service_template(ROOT, stage, "unpackaged")
    yield from cfn_lint.findings(f"service ({stage.name})", template, stage.region)
    try:
        plain = translated(template, stage.region)
    except Untranslatable as error:
        yield f"service ({stage.name}), SAM: {error}"
        return
    yield from cfn_lint.findings(f"service ({stage.name}), translated", plain, stage.region)
    files.append(folder / f"service-{stage.name}.json")
    files[-1].write_text(json.dumps(plain), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
