"""Our signature is botocore's, byte for byte."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from onebill.adapters.dynamodb.sigv4 import Credentials, Signer, environment_credentials

NOW = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


class FrozenSigV4Auth(SigV4Auth):
    """botocore's signer at a time of our choice: it takes the time from the request."""

    def add_auth(self, request):
        request.context["timestamp"] = NOW.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        signature = self.signature(self.string_to_sign(request, canonical), request)
        self._inject_signature_to_request(request, signature)


def botocore_authorization(headers, body, credentials):
    request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
    FrozenSigV4Auth(
        BotocoreCredentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        ),
        "dynamodb",
        "eu-west-1",
    ).add_auth(request)
    return request.headers["Authorization"]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    body=st.binary(max_size=200),
    target=st.sampled_from(["DynamoDB_20120810.GetItem", "DynamoDB_20120810.UpdateItem"]),
    token=st.none() | st.text("abc/+=", min_size=1, max_size=40),
    secret=st.text("abc/+=", min_size=1, max_size=40),
)
def test_every_request_is_signed_as_botocore_signs_it(body, target, token, secret):
    credentials = Credentials("AKIDEXAMPLE", secret, token)
    host = "dynamodb.eu-west-1.amazonaws.com"
    signer = Signer(host=host, region="eu-west-1", credentials=lambda: credentials)

    headers = dict(signer.headers(target=target, body=body, now=NOW))

    authorization = headers.pop("authorization")
    assert authorization == botocore_authorization(headers, body, credentials)


def test_a_new_secret_is_used_as_soon_as_it_is_there():
    current = [Credentials("A", "old")]
    signer = Signer(host="h", region="eu-west-1", credentials=lambda: current[0])
    before = signer.headers(target="T", body=b"", now=NOW)
    current[0] = Credentials("A", "new")

    after = signer.headers(target="T", body=b"", now=NOW)

    assert before != after


@pytest.mark.parametrize("token", [None, "token"])
def test_credentials_come_from_the_environment_at_each_moment(monkeypatch, token):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)

    assert environment_credentials() == Credentials("id", "secret", token)
