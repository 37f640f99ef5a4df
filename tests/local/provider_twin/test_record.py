"""What the twin remembers and counts."""

from hashlib import sha256

from local.provider_twin.recorder import BODY_BYTES_MAX, REQUESTS_MAX
from tests.local.provider_twin.asking import a_request, a_stream


async def records(twin):
    return (await twin.get("http://twin/twin/requests")).json()


async def stats(twin):
    return (await twin.get("http://twin/twin/stats")).json()


async def test_requests_are_remembered_newest_last(twin):
    await twin.get("/models")
    await twin.post("/chat/completions?api-version=1", json=a_request())

    first, last = await records(twin)
    assert (first["method"], first["path"], first["body"]) == ("GET", "/v1/models", None)
    assert (last["method"], last["path"]) == ("POST", "/v1/chat/completions")
    assert last["query"] == "api-version=1"
    assert last["body"] == a_request()
    assert last["client_left"] is False


async def test_secrets_are_remembered_by_fingerprint_only(twin):
    headers = {"authorization": "Bearer sk-secret", "api-key": "sk-secret", "x-other": "seen"}
    await twin.post("/chat/completions", json=a_request(), headers=headers)

    (record,) = await records(twin)
    fingerprint = f"sha256:{sha256(b'sk-secret').hexdigest()[:8]}"
    assert record["headers"]["authorization"] == f"Bearer {fingerprint}"
    assert record["headers"]["api-key"] == fingerprint
    assert record["headers"]["x-other"] == "seen"


async def test_what_is_not_json_is_remembered_by_its_size(twin):
    await twin.post("/chat/completions", content=b"{not json")
    await twin.post("/chat/completions", json=a_request(user="x" * BODY_BYTES_MAX))

    broken, huge = await records(twin)
    assert (broken["body"], broken["body_bytes"]) == (None, 9)
    assert huge["body"] is None
    assert huge["body_bytes"] > BODY_BYTES_MAX


async def test_the_record_is_bounded(twin):
    await twin.post("/chat/completions", json=a_request())
    for _ in range(REQUESTS_MAX):
        await twin.get("/models")

    remembered = await records(twin)
    assert len(remembered) == REQUESTS_MAX
    assert remembered[0]["path"] == "/v1/models"


async def test_the_record_can_be_cleared(twin):
    await twin.get("/models")
    cleared = await twin.delete("http://twin/twin/requests")

    assert cleared.status_code == 204
    assert await records(twin) == []


async def test_chat_completions_are_counted(twin):
    await twin.get("/models")
    await twin.post("/chat/completions", json=a_request(tokens=5, n=2))
    await twin.post("/chat/completions", json=a_stream(tokens=7))
    await twin.post("/chat/completions", json=a_request("refuses"))

    assert await stats(twin) == {
        "requests_started": 3,
        "answers_completed": 3,
        "streams_cut_by_client": 0,
        "tokens_sent": 17,
    }


async def test_the_side_door_has_no_other_rooms(twin):
    assert (await twin.get("http://twin/twin/secrets")).status_code == 404
