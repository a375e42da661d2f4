"""The service's SAM template: Chalice's, of ``app.py``, with resources.yaml merged in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from cloudformation.template import Template
from ops.errors import CommandError
from ops.stage.settings import Stage
from ops.temporary_folder import temporary_folder

CHALICE = (sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())")
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments")


def service_template(
    root: Path, stage: Stage, build: str, architecture: str | None = None
) -> dict[str, Any]:
    """The SAM template of ``stage``; ``build`` is what ``/health`` tells. ``architecture`` is
    config.json's unless told otherwise.

    Chalice packages a copy without requirements: it would vendor botocore whole and without byte
    code, and ``ops.bundle`` makes the zip. Raises ``CommandError`` with Chalice's own words.
    """
    for policy in sorted((root / ".chalice").glob("policy-*.json")):
        try:
            json.loads(policy.read_text(encoding="utf-8"))
        except ValueError as error:
            raise CommandError(f"{policy.relative_to(root)}: {error}.") from error
    with temporary_folder("todoku-package-") as folder:
        copy, out = folder / "project", folder / "out"
        copy.mkdir()
        shutil.copyfile(root / "app.py", copy / "app.py")
        for name in ("chalicelib", ".chalice"):
            shutil.copytree(root / name, copy / name, ignore=NOT_SOURCE)
        _chalice(copy, out, stage)
        template = Template.read(out / "sam.yaml")
    body: dict[str, Any] = json.loads(json.dumps(template.body))
    body["Globals"]["Function"]["Environment"]["Variables"]["TODOKU_BUILD"] = build
    # API Gateway serves what its last deployment holds, and SAM makes a new one only for another
    # definition: that DomainName switches off the API's own address is no difference to it.
    info = body["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]
    info |= {"version": build, "description": stage.service.get("DomainName", "")}
    _name_problem_pages(body["Resources"]["RestAPI"]["Properties"]["GatewayResponses"], stage)
    if architecture is not None:
        for resource in body["Resources"].values():
            if resource.get("Type") == "AWS::Serverless::Function":
                resource["Properties"]["Architectures"] = [architecture]
    # Chalice's own, of an address that is switched off where there is a host name; Pages is ours.
    del body["Outputs"]["EndpointURL"]
    body["Description"] = f"Todoku, the service ({stage.name}), build {build}"
    return body


def _name_problem_pages(responses: dict[str, Any], stage: Stage) -> None:
    """Write into the problems of the API's own answers where their pages are, as the functions do:
    a relative ``type`` would leave out the stage's part of API Gateway's own address. Of that,
    nothing is known here but what it calls it in these templates."""
    host = stage.service.get("DomainName") or "$context.domainName/$context.stage"
    for response in responses.values():
        templates = response["ResponseTemplates"]
        for kind, text in templates.items():
            templates[kind] = text.replace('"type": "/', f'"type": "https://{host}/')


def _chalice(project: Path, out: Path, stage: Stage) -> None:
    merge = [f"--merge-template={project / '.chalice' / 'resources.yaml'}"]
    told = subprocess.run(
        [*CHALICE, "package", f"--stage={stage.name}", *merge, str(out)],
        cwd=project,
        # Chalice asks for the region's service principals, which takes no account: nobody's profile
        # may spoil it.
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_DEFAULT_REGION": stage.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        said = (told.stderr or told.stdout).strip().splitlines()
        raise CommandError(f"Chalice cannot package: {said[-1] if said else told.returncode}")
