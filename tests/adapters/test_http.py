"""Our connections: what every kind of answer, and every kind of loss, comes to."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onebill.adapters.http.connection import (
    BUFFERED_BYTES_MAX,
    Connection,
    ConnectionLost,
    connect,
)
from onebill.adapters.http.pool import (
    IDLE_SECONDS_MAX,
    ConnectionPool,
    Origin,
    origin_of,
    verifying_tls,
)
from onebill.adapters.http.transport import PooledTransport
from tests.fakes.raw_server import HANG_UP, SAY_NOTHING, http, raw_server

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture
async def server():
    async with raw_server() as served:
        yield served


@pytest.fixture
async def client():
    async with httpx.AsyncClient(
        transport=PooledTransport(ConnectionPool()), trust_env=False, timeout=5
    ) as client:
        yield client


class TestAnAnswer:
    async def test_has_status_headers_and_body(self, server, client):
        server.script = [http(b"hello", status=418, headers="x-a: 1\r\nX-A: 2\r\n")]

        response = await client.post(server.url, content=b"{}")

        assert response.status_code == 418
        assert response.headers.get_list("x-a") == ["1", "2"]
        assert response.content == b"hello"

    async def test_may_be_empty(self, server, client):
        server.script = [http(b"")]

        assert (await client.post(server.url, content=b"")).content == b""

    async def test_may_end_with_the_connection(self, server, client):
        server.script = [b"HTTP/1.1 200 OK\r\n\r\nhello", HANG_UP]

        async with client.stream("POST", server.url, content=b"") as response:
            body = response.aiter_raw()
            first = await anext(body)
            server.hang_up()
            rest = [part async for part in body]

        assert b"".join([first, *rest]) == b"hello"

    async def test_may_follow_informational_ones(self, server, client):
        hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
        server.script = [b"HTTP/1.1 100 Continue\r\n\r\n" + hints + http(b"hello")]

        response = await client.post(server.url, content=b"")

        assert (response.status_code, response.content) == (200, b"hello")
        assert "link" not in response.headers

    async def test_in_many_chunks_of_one_packet_is_read_at_once(self, server, client):
        chunks = b"".join(b"2\r\nab\r\n" for _ in range(50))
        server.script = [CHUNKED + chunks + b"0\r\n\r\n"]

        async with client.stream("POST", server.url, content=b"") as response:
            parts = [part async for part in response.aiter_raw()]

        assert parts == [b"ab" * 50]

    async def test_arrives_part_by_part(self, server, client):
        gate = asyncio.Event()
        server.script = [[CHUNKED + b"2\r\nab\r\n", gate, b"2\r\ncd\r\n0\r\n\r\n"]]

        async with client.stream("POST", server.url, content=b"") as response:
            body = response.aiter_raw()
            first = await anext(body)
            gate.set()
            rest = b"".join([part async for part in body])

        assert (first, rest) == (b"ab", b"cd")

    async def test_larger_than_memory_makes_the_peer_wait(self, server, client):
        megabyte = b"%x\r\n%b\r\n" % (1024 * 1024, b"x" * 1024 * 1024)
        server.script = [[CHUNKED, *[megabyte] * 8, b"0\r\n\r\n"]]

        async with client.stream("POST", server.url, content=b"") as response:
            parts = [part async for part in response.aiter_raw()]

        assert sum(map(len, parts)) == 8 * 1024 * 1024
        assert max(map(len, parts)) <= BUFFERED_BYTES_MAX + 512 * 1024

    async def test_can_be_closed_twice(self, server, client):
        server.script = [http(b"hello"), http(b"again")]

        async with client.stream("POST", server.url, content=b"") as response:
            stream = response.stream
            await response.aread()
        await stream.aclose()
        await client.post(server.url, content=b"")

        assert server.connections == 1

    async def test_can_be_read_only_once(self, server, client):
        server.script = [http(b"hello")]

        async with client.stream("POST", server.url, content=b"") as response:
            stream = response.stream
            await response.aread()
            again = [part async for part in stream]

        assert again == []


class TestALoss:
    @pytest.mark.parametrize(
        "step",
        [
            pytest.param(HANG_UP, id="before the head"),
            pytest.param(b"HTTP/1.1 200 OK\r\ncontent-le", id="in the head"),
            pytest.param(http(b"hello")[:-1], id="in a body of known length"),
            pytest.param(CHUNKED + b"5\r\nhel", id="in a chunk"),
            pytest.param(CHUNKED + b"5\r\nhello\r\n", id="before the last chunk"),
            pytest.param(b"not HTTP at all\r\n\r\n", id="of all sense"),
            pytest.param(CHUNKED + b"zz\r\n", id="of sense in the body"),
        ],
    )
    async def test_is_a_protocol_error(self, server, client, step):
        server.script = [step, HANG_UP]
        server.hangs_up_after_each = True

        with pytest.raises(httpx.RemoteProtocolError, match="the connection was lost"):
            await client.post(server.url, content=b"")

    async def test_of_the_way_there_is_a_connect_error(self, client):
        with pytest.raises(httpx.ConnectError):
            await client.post("http://127.0.0.1:1/", content=b"")

    async def test_of_time_on_the_way_is_a_connect_timeout(self):
        class Never(ConnectionPool):
            async def borrow(self, origin):
                await asyncio.Event().wait()

        timeout = httpx.Timeout(1, connect=0.01)
        async with httpx.AsyncClient(
            transport=PooledTransport(Never()), timeout=timeout
        ) as client:
            with pytest.raises(httpx.ConnectTimeout):
                await client.post("http://127.0.0.1:1/", content=b"")

    async def test_of_interest_closes_the_connection(self, server, client):
        server.script = [SAY_NOTHING, http(b"hello")]
        waiting = asyncio.ensure_future(client.post(server.url, content=b""))
        await server.has_request.wait()

        waiting.cancel()
        await asyncio.wait([waiting])
        response = await client.post(server.url, content=b"")

        assert response.content == b"hello"
        assert server.connections == 2


class TestThePool:
    async def test_lends_a_connection_again(self, server, client):
        server.script = [http(b"1"), http(b"2")]

        await client.post(server.url, content=b"")
        await client.post(server.url, content=b"")

        assert server.connections == 1

    async def test_does_not_lend_one_that_was_left_in_the_middle(self, server, client):
        server.script = [[CHUNKED + b"2\r\nab\r\n", asyncio.Event()], http(b"2")]
        async with client.stream("POST", server.url, content=b"") as response:
            await anext(response.aiter_raw())

        await client.post(server.url, content=b"")

        assert server.connections == 2

    async def test_does_not_lend_one_that_was_idle_for_too_long(self, server):
        pool, origin = ConnectionPool(), origin_of(server.url)
        first = await pool.borrow(origin)
        pool.give_back(origin, first)
        first.idle_since -= IDLE_SECONDS_MAX + 1

        second = await pool.borrow(origin)

        assert second is not first
        assert not first.is_reusable
        second.close()

    async def test_keeps_only_so_many(self, server):
        pool, origin = ConnectionPool(idle_connections_max=1), origin_of(server.url)
        lent = [await pool.borrow(origin) for _ in range(3)]

        for connection in lent:
            pool.give_back(origin, connection)

        assert [connection.is_reusable for connection in lent] == [True, False, False]
        pool.close()
        assert not lent[0].is_reusable

    @pytest.mark.parametrize(
        ("url", "origin"),
        [
            ("http://a", Origin("http", "a", 80)),
            ("https://a/b?c", Origin("https", "a", 443)),
            ("https://a:8443", Origin("https", "a", 8443)),
        ],
    )
    def test_knows_the_origin_of_a_url(self, url, origin):
        assert origin_of(url) == origin

    @pytest.mark.parametrize("url", ["dynamodb", "ftp://a", "http://"])
    def test_knows_no_other(self, url):
        with pytest.raises(ValueError, match="not an http or https URL"):
            origin_of(url)


class FakeTransport(asyncio.Transport):
    paused = False

    def write(self, data):
        return None

    def is_closing(self):
        return False

    def pause_reading(self):
        self.paused = True

    def resume_reading(self):
        self.paused = False


class TestAConnection:
    async def test_that_was_never_made_cannot_be_asked(self):
        with pytest.raises(ConnectionLost):
            await Connection().ask(b"")

    async def test_that_was_never_made_can_be_closed(self):
        Connection().close()

    async def test_tells_a_peer_that_is_far_ahead_to_wait(self):
        transport = FakeTransport()
        connection = Connection()
        connection.connection_made(transport)
        asked = asyncio.ensure_future(connection.ask(b"POST / HTTP/1.1\r\n\r\n"))
        await asyncio.sleep(0)

        connection.data_received(http(b"x" * (BUFFERED_BYTES_MAX + 1)))
        told_to_wait = transport.paused
        await asked
        await connection.read()

        assert told_to_wait
        assert not transport.paused

    async def test_that_hears_what_nobody_asked_for_is_closed(self, server):
        origin = origin_of(server.url)
        connection = await connect(origin.host, origin.port, tls=None)

        connection.data_received(b"HTTP/1.1 200 OK\r\n\r\n")

        assert not connection.is_reusable


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A certificate for localhost that only this test trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "certificate.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
        return path

    @pytest.fixture
    async def tls_server(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        async with raw_server(tls=context) as served:
            yield served

    async def test_is_spoken_to_who_can_prove_its_name(self, tls_server, certificate):
        tls_server.script = [http(b"hello")]
        pool = ConnectionPool(tls=lambda: ssl.create_default_context(cafile=certificate))

        async with httpx.AsyncClient(transport=PooledTransport(pool), timeout=5) as client:
            response = await client.post(tls_server.url, content=b"")

        assert response.content == b"hello"

    async def test_is_refused_to_a_stranger(self, tls_server, client):
        with pytest.raises(httpx.ConnectError):
            await client.post(tls_server.url, content=b"")

    def test_checks_names_and_certificates(self):
        context = verifying_tls()

        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
