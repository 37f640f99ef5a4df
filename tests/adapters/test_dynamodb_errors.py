"""Every way a call to DynamoDB can fail is said in our words."""

import inspect

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from onebill.adapters.dynamodb.boto3_client import translate
from onebill.adapters.dynamodb.errors import (
    ConditionFailed,
    Contended,
    DynamoDbError,
    Rejected,
    TransactionCancelled,
    Unreachable,
    error_from,
)

OUTCOME_UNKNOWN = {
    "ConnectionError",
    "EndpointConnectionError",
    "SSLError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyConnectionError",
    "ConnectionClosedError",
    "HTTPClientError",
    "ResponseStreamingError",
}
"""botocore's classes after which a write may have happened."""


def botocore_errors():
    members = inspect.getmembers(botocore.exceptions, inspect.isclass)
    return [each for _, each in members if issubclass(each, BotoCoreError)]


def make(error_class):
    """Any BotoCoreError, whatever its message wants to be told."""

    class Anything(dict):
        def __missing__(self, key):
            return "?"

    error = error_class.__new__(error_class)
    Exception.__init__(error, error_class.fmt.format_map(Anything()))
    return error


@pytest.mark.parametrize("error_class", botocore_errors(), ids=lambda each: each.__name__)
def test_every_error_of_botocore_is_translated(error_class):
    translated = translate(make(error_class))

    is_unknown = bool(OUTCOME_UNKNOWN & {each.__name__ for each in error_class.__mro__})
    assert type(translated) is (Unreachable if is_unknown else Rejected)


def client_error(code, *, status=400, **body):
    answer = {
        "Error": {"Code": code, "Message": "why"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **body,
    }
    return ClientError(answer, "UpdateItem")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ConditionalCheckFailedException", 400, ConditionFailed),
        ("TransactionCanceledException", 400, TransactionCancelled),
        ("TransactionConflictException", 400, Contended),
        ("TransactionInProgressException", 400, Contended),
        ("ThrottlingException", 400, Contended),
        ("ProvisionedThroughputExceededException", 400, Contended),
        ("RequestLimitExceeded", 400, Contended),
        ("InternalServerError", 500, Unreachable),
        ("ServiceUnavailable", 503, Unreachable),
        ("", 502, Unreachable),
        ("ValidationException", 400, Rejected),
        ("ResourceNotFoundException", 400, Rejected),
        ("AccessDeniedException", 400, Rejected),
        ("ItemCollectionSizeLimitExceededException", 400, Rejected),
    ],
)
def test_every_error_of_dynamodb_is_translated(code, status, expected):
    assert type(translate(client_error(code, status=status))) is expected


def test_a_failed_condition_brings_the_item_that_was_there():
    item = {"pk": {"S": "acme"}}

    translated = translate(client_error("ConditionalCheckFailedException", Item=item))

    assert translated.item == item


def test_a_cancelled_transaction_brings_a_reason_per_action():
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"a": {"N": "1"}}}]

    translated = translate(
        client_error("TransactionCanceledException", CancellationReasons=reasons)
    )

    assert [reason.code for reason in translated.reasons] == ["None", "ConditionalCheckFailed"]
    assert translated.reasons[1].item == {"a": {"N": "1"}}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["TransactionConflict", "None"], True),
        (["None", "ThrottlingError"], True),
        (["ProvisionedThroughputExceeded", "TransactionConflict"], True),
        (["TransactionConflict", "ConditionalCheckFailed"], False),
        (["None", "ValidationError"], False),
        (["None"], False),
    ],
)
def test_only_what_passes_by_itself_is_contention(codes, expected):
    reasons = [{"Code": code} for code in codes]

    translated = translate(
        client_error("TransactionCanceledException", CancellationReasons=reasons)
    )

    assert translated.is_contended is expected


def test_a_code_may_carry_its_namespace():
    error = error_from(
        status=400,
        code="com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        message="",
        body={},
    )

    assert isinstance(error, ConditionFailed)
    assert isinstance(error, DynamoDbError)
