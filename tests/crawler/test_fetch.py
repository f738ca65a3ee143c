import datetime
import ipaddress
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.capture import Fetched
from crawler.config import Config, Network
from crawler.fetch import fetch_pages
from crawler.limits import NotHttp
from crawler.robots import RobotsForbids, RobotsUnreachable
from records import AddressRefused
from tests.crawler.hostile import Hostile, says, sends

ROOT = Path(__file__).parents[2]


def config(*servers: Hostile, **network) -> Config:
    places = tuple(server.place for server in servers)
    return Config(network=Network(delay=0, timeout=5, allow=places, **network))


def test_pages_and_errors_come_in_the_order_of_the_addresses():
    pages = {
        "/robots.txt": says(200, b"User-agent: *\nDisallow: /no"),
        "/a": says(200, b"a"),
        "/b": sends(b"what\r\n\r\n"),
    }
    with Hostile(pages=pages) as server:
        urls = [server.url(path) for path in ("/a", "/b", "/no", "/404", "/a")]
        told = fetch_pages([*urls, "file:///etc/hostname"], config(server))
    kinds = [type(each) for each in told]
    assert kinds == [Fetched, NotHttp, RobotsForbids, Fetched, Fetched, AddressRefused]
    assert [each.status for each in told if isinstance(each, Fetched)] == [200, 404, 200]


def test_it_can_be_called_again_in_the_same_process():
    with Hostile(pages={"/": says(200, b"page")}) as server:
        for _ in range(2):
            (page,) = fetch_pages([server.url("/")], config(server))
            assert page.body == b"page"


def test_a_sink_is_given_every_response():
    seen = []
    with Hostile(pages={"/": says(200, b"page")}) as server:
        fetch_pages([server.url("/")], config(server), sink=seen.append)
    assert [each.role for each in seen] == ["robots", "page"]


def test_nothing_is_fetched_for_nothing():
    assert fetch_pages([], Config()) == []


def test_the_user_agent_carries_the_contact():
    with Hostile(pages={"/": says()}) as server:
        fetch_pages([server.url("/")], config(server, contact="mailto:a@b.org"))
        agents = {asked.headers["user-agent"] for asked in server.asked}
    assert agents == {Network(contact="mailto:a@b.org").agent}


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    with Hostile(tls=self_signed(tmp_path), pages={"/": says(200, b"SECRET")}) as server:
        (told,) = fetch_pages([server.url("/")], config(server))
        assert isinstance(told, RobotsUnreachable)
        assert "certificate is not trusted" in str(told)
        assert server.asked == []


_TRUSTING = """
import sys
from crawler.config import Config, Network
from crawler.fetch import fetch_pages
(page,) = fetch_pages(sys.argv[2:], Config(network=Network(delay=0, allow=(sys.argv[1],))))
print(page.body.decode())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads SSL_CERT_FILE as OpenSSL does")
def test_a_certificate_that_the_machine_trusts_is_accepted(tmp_path):
    context = self_signed(tmp_path)
    with Hostile(tls=context, pages={"/": says(200, b"page")}) as server:
        done = subprocess.run(
            [sys.executable, "-c", _TRUSTING, server.place, server.url("/")],
            cwd=ROOT,
            env={"SSL_CERT_FILE": str(tmp_path / "both.pem")},
            capture_output=True,
            text=True,
        )
    assert done.stdout.strip() == "page", done.stderr
