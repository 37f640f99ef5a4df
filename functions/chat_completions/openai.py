"""OpenAI's paths, and Onebill's own beside them."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from functions.chat_completions import wire
from functions.chat_completions.serving import admit, admit_to_read, complete_chat, json_response
from onebill.bootstrap import Gateway

router = APIRouter()


@router.post("/chat/completions", include_in_schema=False)
@router.post("/v1/chat/completions")
async def create_chat_completion(request: Request) -> Response:
    """Answer a chat completion, streamed or whole, and debit exactly its cost."""
    access = await admit(request)
    return await complete_chat(request, access)


@router.get("/v1/models")
async def list_models(request: Request) -> Response:
    """List the models that are sold, with their prices and limits."""
    await admit_to_read(request)
    gateway: Gateway = request.app.state.gateway
    today = gateway.clock.now().date()
    return json_response(wire.openai_models(gateway.catalog.models(), today))


@router.get("/v1/models/{model_id:path}")
async def retrieve_model(request: Request, model_id: str) -> Response:
    """Show one model."""
    await admit_to_read(request)
    gateway: Gateway = request.app.state.gateway
    model = gateway.catalog.find(model_id)
    return json_response(wire.openai_model(model, gateway.clock.now().date()))


@router.get("/v1/credits")
async def read_credits(request: Request) -> Response:
    """What the account has, holds, and may still spend in each window."""
    api_key = await admit_to_read(request)
    gateway: Gateway = request.app.state.gateway
    statement = await gateway.read_credit(api_key.account_id, now=gateway.clock.now())
    return json_response(wire.credit(statement))


@router.get("/v1/key")
async def read_key(request: Request) -> Response:
    """The key that asks, and what its account may still spend."""
    api_key = await admit_to_read(request)
    gateway: Gateway = request.app.state.gateway
    statement = await gateway.read_credit(api_key.account_id, now=gateway.clock.now())
    return json_response(wire.key(api_key, statement))
