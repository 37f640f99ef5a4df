"""The composition root: plain functions that build the object graph, each call visible.

No container, no globals. A front door asks for what it serves; tests and the local stack pass
other parts in their place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from onebill.adapters.catalog.catalog import PriceCatalog
from onebill.adapters.dynamodb.accounts import DynamoDbAccounts
from onebill.adapters.dynamodb.api_keys import DynamoDbApiKeys
from onebill.adapters.dynamodb.client import DynamoDb, Patient
from onebill.adapters.dynamodb.ledger import DynamoDbLedger
from onebill.adapters.dynamodb.light_client import LightDynamoDb
from onebill.adapters.dynamodb.sigv4 import environment_credentials
from onebill.adapters.dynamodb.table import TableNames
from onebill.adapters.openai_compatible import OpenAiCompatible, make_http_client
from onebill.adapters.system import RandomIds, SystemClock
from onebill.domain.bounds import OUTPUT_TOKENS_DEFAULT
from onebill.ports import Accounts, ApiKeys, Catalog, Clock, Ids, Ledger, ProviderGateway
from onebill.settings import Settings, read_provider_keys
from onebill.telemetry import Telemetry
from onebill.usecases.admit_key import AdmitKey
from onebill.usecases.complete_chat import PROVIDER_SECONDS_MAX, CompleteChat
from onebill.usecases.hold_credit import HoldCredit
from onebill.usecases.read_credit import ReadCredit


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The ports that keep state."""

    ledger: Ledger
    accounts: Accounts
    api_keys: ApiKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What the `chat_completions` function serves."""

    admit_key: AdmitKey
    complete_chat: CompleteChat
    read_credit: ReadCredit
    catalog: Catalog
    clock: Clock
    ids: Ids
    telemetry: Telemetry
    top_up_url: str
    body_bytes_max: int


def table_names(settings: Settings) -> TableNames:
    """What the tables are called here."""
    return TableNames(
        accounts=settings.accounts_table,
        api_keys=settings.api_keys_table,
        payments=settings.payments_table,
        ledger=settings.ledger_table,
    )


def light_dynamodb(settings: Settings) -> LightDynamoDb:
    """The client of the hot path, with the credentials of the environment."""
    endpoint_url = settings.dynamodb_url or f"https://dynamodb.{settings.region}.amazonaws.com"
    return LightDynamoDb(
        endpoint_url=endpoint_url, region=settings.region, credentials=environment_credentials
    )


def stores(client: DynamoDb, tables: TableNames) -> Stores:
    """The stores on DynamoDB."""
    patient = Patient(client)
    return Stores(
        ledger=DynamoDbLedger(patient, tables=tables),
        accounts=DynamoDbAccounts(patient, tables=tables),
        api_keys=DynamoDbApiKeys(patient, tables=tables),
    )


def price_catalog(settings: Settings) -> PriceCatalog:
    """The catalogue with this deployment's overlays."""
    return PriceCatalog.load(
        overlays=settings.catalog_overlays,
        base_urls=settings.provider_base_urls,
        account_ids=settings.provider_account_ids,
    )


def providers(
    catalog: PriceCatalog, clock: Clock, client: httpx.AsyncClient | None = None
) -> OpenAiCompatible:
    """The way to the providers, with the keys of the environment."""
    keys: Mapping[str, str] = read_provider_keys(catalog.provider_key_variables())
    return OpenAiCompatible(client or make_http_client(), provider_keys=keys, clock=clock)


def assemble_gateway(
    settings: Settings,
    *,
    stores: Stores,
    catalog: Catalog,
    providers: ProviderGateway,
    clock: Clock,
    ids: Ids,
) -> Gateway:
    """Wire the use cases of the gateway: the seam at which tests bring their own parts."""
    admit_key = AdmitKey(api_keys=stores.api_keys, accounts=stores.accounts)
    hold_credit = HoldCredit(ledger=stores.ledger, admit_key=admit_key, clock=clock, ids=ids)
    return Gateway(
        admit_key=admit_key,
        complete_chat=CompleteChat(
            hold_credit=hold_credit,
            catalog=catalog,
            providers=providers,
            clock=clock,
            output_tokens_default=settings.output_tokens_default or OUTPUT_TOKENS_DEFAULT,
            provider_seconds_max=settings.provider_seconds_max or PROVIDER_SECONDS_MAX,
        ),
        read_credit=ReadCredit(accounts=stores.accounts),
        catalog=catalog,
        clock=clock,
        ids=ids,
        telemetry=Telemetry("chat-completions"),
        top_up_url=settings.top_up_url,
        body_bytes_max=settings.body_bytes_max,
    )


def gateway(settings: Settings) -> Gateway:
    """The gateway as it is deployed."""
    clock = SystemClock()
    catalog = price_catalog(settings)
    return assemble_gateway(
        settings,
        stores=stores(light_dynamodb(settings), table_names(settings)),
        catalog=catalog,
        providers=providers(catalog, clock),
        clock=clock,
        ids=RandomIds(),
    )
