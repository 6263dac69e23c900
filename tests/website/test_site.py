"""What the template says of the website is what the local server does with it."""

import json
import subprocess
from pathlib import Path

import pytest

from dev.site import Pages, folder_of, policy_headers
from dev.template import Physical, Template, TemplateError, load
from website.build import NODE

ROOT = Path(__file__).parents[2]
ADDRESSES = (
    "/",
    "/uppdrag/",
    "/uppdrag",
    "/en/problem/internal",
    "/404.html",
    "/assets/x-0.css",
    "//evil.example",
    "//evil.example/x",
    "/\\evil.example/x",
    "/a.b/c",
)


@pytest.fixture(scope="module")
def template() -> Template:
    return load(ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": "ab" * 32, "ApiDomain": "api.prov.example"})


@pytest.fixture(scope="module")
def physical(template: Template) -> dict[str, Physical]:
    names = ("Arn", "Id", "DomainName", "RegionalDomainName", "FunctionMetadata.FunctionARN")
    return {path: Physical(path, dict.fromkeys(names, path)) for path in template.resources}


@pytest.fixture
def site(tmp_path, template, physical) -> Pages:
    for name, text in {"index.html": "start", "404.html": "missing", "assets/a-1.css": "a{}" * 500}.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    return Pages(tmp_path / "dist", template, physical)


def test_pages_carry_the_headers_of_the_template(site):
    headers = dict(site.answer("GET", "/").headers)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self' https://api.prov.example;" in policy
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains; preload"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "public, max-age=300"


def test_the_mailbox_may_call_the_sign_in_pages_too_and_is_strict_otherwise(site):
    # given
    everywhere = dict(site.answer("GET", "/").headers)
    mailbox = dict(site.answer("GET", "/brevlada/").headers)
    hosted = "https://familjehem-local-000000000000.auth.eu-north-1.amazoncognito.com"
    # then
    assert f"connect-src 'self' https://api.prov.example {hosted};" in mailbox["content-security-policy"]
    mailbox["content-security-policy"] = mailbox["content-security-policy"].replace(f" {hosted}", "")
    assert mailbox == everywhere


def test_on_this_machine_one_signs_in_at_the_emulator(site, tmp_path, template, physical):
    # given: a site that was built without knowing how one signs in
    here = Pages(tmp_path / "dist", template, physical, "http://127.0.0.1:4566")
    # then
    told = json.loads(here.answer("GET", "/brevlada/sign-in.json").body)
    assert (told["hosted"], told["issuer"].split("/")[2]) == (
        "http://127.0.0.1:4566",
        "cognito-idp.eu-north-1.amazonaws.com",
    )
    assert "http://127.0.0.1:4566;" in dict(here.answer("GET", "/brevlada/").headers)["content-security-policy"]
    assert site.answer("GET", "/brevlada/sign-in.json").status == 404


def test_assets_may_be_kept_for_ever_and_are_compressed(site):
    answer = site.answer("GET", "/assets/a-1.css", "gzip, br")
    headers = dict(answer.headers)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-encoding"] == "gzip"
    assert len(answer.body) < 100


def test_what_is_not_there_is_the_error_page(site):
    answer = site.answer("GET", "/nowhere/")
    assert (answer.status, answer.body) == (404, b"missing")


@pytest.mark.parametrize("path", ["/../secret.html", "/assets/../../secret.html", "//secret.html"])
def test_nothing_outside_the_folder_is_ever_given(site, path):
    assert b"secret" not in site.answer("GET", path).body


def test_only_reading_is_allowed(site):
    assert site.answer("POST", "/").status == 403


def test_the_distribution_speaks_http3_and_compresses(template, physical):
    (distribution,) = template.of_type("AWS::CloudFront::Distribution")
    told = template.resolve(distribution, physical)["DistributionConfig"]
    assert told["HttpVersion"] == "http2and3"
    assert all(each["Compress"] for each in (told["DefaultCacheBehavior"], *told["CacheBehaviors"]))
    assert "Logging" not in told


def test_a_setting_that_is_not_known_is_refused():
    with pytest.raises(TemplateError, match="CorsConfig"):
        policy_headers({"ResponseHeadersPolicyConfig": {"Name": "x", "CorsConfig": {}}})


def test_the_function_at_the_edge_does_as_the_local_server_does(template):
    # given
    (function,) = template.of_type("AWS::CloudFront::Function")
    asked = json.dumps(ADDRESSES)
    script = f"""{function.properties["FunctionCode"]}
        console.log(JSON.stringify({asked}.map((uri) => handler({{ request: {{ uri }} }}))))"""
    # when
    told = json.loads(subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout)
    # then
    for address, answer in zip(ADDRESSES, told, strict=True):
        moved = answer.get("headers", {}).get("location", {}).get("value")
        assert folder_of(address) == ((moved, True) if moved else (answer["uri"], False))
