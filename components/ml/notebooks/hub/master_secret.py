"""Reads the database's master user from Secrets Manager, with the role of the pod.

The hub's image has Python and the PostgreSQL driver but not AWS's SDK. A second image, to pull and to
keep current, would be more than these requests. The program signs them itself.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"
HEADERS = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"


def assume_role(region, role_arn, token):
    """Credentials of a role, for the token of a service account that it trusts."""
    query = urlencode(
        {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": role_arn,
            "RoleSessionName": "database-setup",
            "WebIdentityToken": token,
        }
    )
    # The token is in the body: systems on the way log addresses.
    answer = _send(urllib.request.Request(f"https://sts.{region}.amazonaws.com/", query.encode()))
    found = ElementTree.fromstring(answer).find(f".//{STS}Credentials")
    return {one.tag.removeprefix(STS): one.text for one in found}


def get_secret(region, arn, credentials, now):
    """Value of a secret, which is JSON."""
    return json.loads(json.loads(_send(signed_request(region, arn, credentials, now)))["SecretString"])


def signed_request(region, arn, credentials, now):
    """The request for a secret, signed with Signature Version 4."""
    host = f"secretsmanager.{region}.amazonaws.com"
    body = json.dumps({"SecretId": arn}).encode()
    stamp, scope = _stamp_and_scope(region, "secretsmanager", now)
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": host,
        "x-amz-date": stamp,
        "x-amz-security-token": credentials["SessionToken"],
        "x-amz-target": "secretsmanager.GetSecretValue",
    }
    lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    canonical = "\n".join(["POST", "/", "", lines, HEADERS, hashlib.sha256(body).hexdigest()])
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials['AccessKeyId']}/{scope}, "
        f"SignedHeaders={HEADERS}, Signature={_signature(credentials, stamp, scope, canonical)}"
    )
    return urllib.request.Request(f"https://{host}/", body, headers)


def login_token(region, address, user, credentials, now):
    """A token that RDS takes in place of a user's password for 15 minutes; `address` is host:port."""
    stamp, scope = _stamp_and_scope(region, "rds-db", now)
    query = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials['AccessKeyId']}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": "900",
        "X-Amz-Security-Token": credentials["SessionToken"],
        "X-Amz-SignedHeaders": "host",
    }
    text = urlencode(sorted(query.items()), quote_via=quote, safe="")
    canonical = "\n".join(["GET", "/", text, f"host:{address}\n", "host", hashlib.sha256(b"").hexdigest()])
    signature = _signature(credentials, stamp, scope, canonical)
    return f"{address}/?{text}&X-Amz-Signature={signature}"


def _stamp_and_scope(region, service, now):
    return now.strftime("%Y%m%dT%H%M%SZ"), f"{now:%Y%m%d}/{region}/{service}/aws4_request"


def _signature(credentials, stamp, scope, canonical):
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _send(request):
    """Returns the answer, or raises AWS's message: only the message tells which right is missing."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise OSError(f"{request.host}: {error.code} {error.read().decode(errors='replace')}") from error
