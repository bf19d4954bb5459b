"""Tests of the signed request for the master user, compared with that of AWS's own SDK."""

import io
import urllib.error
from datetime import UTC, datetime

import master_secret
import pytest
from botocore import auth, awsrequest, credentials

KEYS = {
    "AccessKeyId": "AKIDEXAMPLE",
    "SecretAccessKey": "wJalr/XUtnFEMI+K7MDENG",
    "SessionToken": "a/token+==",
}
ARN = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:rds!db-1"
NOW = datetime(2026, 11, 28, 20, 15, 30, tzinfo=UTC)


def test_the_signature_is_that_of_the_sdk(monkeypatch):
    ours = master_secret.signed_request("eu-west-3", ARN, KEYS, NOW)
    headers = {name.lower(): value for name, value in ours.header_items()}
    monkeypatch.setattr(auth, "get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None))
    theirs = awsrequest.AWSRequest(
        "POST", ours.full_url, data=ours.data,
        headers={name: headers[name] for name in ("content-type", "x-amz-target", "host")},
    )  # fmt: skip
    signer = auth.SigV4Auth(credentials.Credentials(*KEYS.values()), "secretsmanager", "eu-west-3")
    signer.add_auth(theirs)
    assert headers["authorization"] == theirs.headers["Authorization"]


def test_a_token_for_a_login_is_that_of_the_sdk(monkeypatch):
    ours = master_secret.login_token("eu-west-3", "db.example.com:5432", "platform", KEYS, NOW)
    monkeypatch.setattr(auth, "get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None))
    request = awsrequest.AWSRequest("GET", "https://db.example.com:5432/?Action=connect&DBUser=platform")
    keys = credentials.Credentials(*KEYS.values())
    auth.SigV4QueryAuth(keys, "rds-db", "eu-west-3", expires=900).add_auth(request)
    theirs = request.url.removeprefix("https://")
    assert ours.split("?")[0] == theirs.split("?")[0]
    assert sorted(ours.split("?")[1].split("&")) == sorted(theirs.split("?")[1].split("&"))


def answers(monkeypatch, *bodies):
    """Sets AWS's answers to the next requests; returns those requests."""
    sent, left = [], iter(bodies)

    def urlopen(request, timeout):
        sent.append(request)
        body = next(left)
        if isinstance(body, Exception):
            raise body
        return io.BytesIO(body)

    monkeypatch.setattr(master_secret.urllib.request, "urlopen", urlopen)
    return sent


def test_a_token_is_exchanged_for_credentials(monkeypatch):
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in KEYS.items())
    result = f"<AssumeRoleWithWebIdentityResult><Credentials>{fields}</Credentials></AssumeRoleWithWebIdentityResult>"
    answer = f'<A xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{result}</A>'.encode()
    sent = answers(monkeypatch, answer)
    assert master_secret.assume_role("eu-west-3", "arn:role", "the.token") == KEYS
    assert sent[0].full_url == "https://sts.eu-west-3.amazonaws.com/"
    assert b"WebIdentityToken=the.token" in sent[0].data


def test_a_secret_is_read(monkeypatch):
    answers(monkeypatch, b'{"SecretString": "{\\"username\\": \\"platform\\", \\"password\\": \\"p\\"}"}')
    secret = master_secret.get_secret("eu-west-3", ARN, KEYS, NOW)
    assert secret == {"username": "platform", "password": "p"}


def test_an_error_says_what_aws_said(monkeypatch):
    body = io.BytesIO(b'{"__type": "AccessDeniedException", "Message": "not authorized"}')
    refused = urllib.error.HTTPError("https://x/", 400, "Bad Request", {}, body)
    answers(monkeypatch, refused)
    with pytest.raises(OSError, match="400 .*AccessDeniedException"):
        master_secret.get_secret("eu-west-3", ARN, KEYS, NOW)
