"""Our connections speak only to who can prove its name."""

import ssl
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onebill.adapters.http.pool import ConnectionPool, verifying_tls
from onebill.adapters.http.transport import PooledTransport
from tests.fakes.raw_server import http, raw_server


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
