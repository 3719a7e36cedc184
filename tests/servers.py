"""Real servers on the loopback, each with settings of its own in a folder of its own.

Nothing here is a stand-in: Apache's mod_dav, nginx' dav, WsgiDAV on cheroot, moto's S3 and
OpenSSH's sshd run as they are installed. As root, each serves as an ordinary user where it can.
"""

import base64
import contextlib
import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.sync.parcels import Address, Carrier

CHECKOUT = Path(__file__).parents[1]
USER, PASSWORD = "desk", "correct horse"  # invented
APACHE_MODULES = Path("/usr/lib/apache2/modules")


@dataclass(frozen=True)
class Server:
    """A server that answers, and where its files lie."""

    address: Address
    credentials: Mapping[str, str]
    port: int
    folder: Path | None = None
    """Where what is put lies on the disk, if it lies there as it was put."""
    options: Mapping[str, str] = field(default_factory=dict)

    def at(self, port: int) -> Address:
        """Return the address as it is through a proxy on `port`."""
        options = dict(self.address.options)
        if "endpoint" in options:
            options["endpoint"] = options["endpoint"].replace(f":{self.port}", f":{port}")
        else:
            options["port"] = str(port)
        return Address(self.address.carrier, options)


def program(name: str) -> str:
    """Return where a program is; skip the test where this system has none of it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def server_python() -> Path:
    """Return the Python that has the test servers; ./check makes its environment."""
    place = os.environ.get("CASEWELL_SERVERS_VENV")
    python = Path(place or CHECKOUT / ".venv-servers") / "bin" / "python"
    if not (python.parent.parent / ".made-of").exists() and not place:
        pytest.skip("the environment of the test servers is not there: ./check makes it")
    return python


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    """Wait until something listens; tell whether it does."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if process.poll() is not None:
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.02)
    raise AssertionError(f"nothing listens: {log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def running(
    command: Callable[[int], list[str]], place: Path, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a server that takes a port; try another port when one was taken meanwhile."""
    log = place / "server.log"
    for _ in range(5):
        port = free_port()
        with log.open("wb") as out:
            process = subprocess.Popen(
                command(port),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=place,
                env={**os.environ, **(environment or {})},
            )
        if wait_for(port, process, log):
            break
    else:
        raise AssertionError(f"the server ended: {log.read_text(errors='replace')[-2000:]}")
    try:
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Make a folder that a server's own user can reach, unlike those that pytest makes."""
    place = Path(tempfile.mkdtemp(prefix="casewell-server-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def served_by(place: Path) -> str:
    """Return the user a server is to serve as, and give that user `place`."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ""
    import pwd

    user = pwd.getpwnam("www-data")
    for path in (place, *place.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    return "www-data"


@dataclass(frozen=True)
class Authority:
    """A certificate authority of a district's own, and what it vouches for."""

    pem: str
    certificate: Path
    key: Path


def authority(place: Path, *, names: tuple[str, ...] = ("localhost",), days: int = 2) -> Authority:
    """Make an authority, and a certificate by it for `names` and the loopback."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.now(UTC)
    top_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    top_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test district")])

    def builder(name: x509.Name, of: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(top_name)
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(top_key.public_key()),
                critical=False,
            )
        )

    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    top = (
        builder(top_name, top_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(top_key, hashes.SHA256())
    )
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    leaf = (
        builder(own_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([*(x509.DNSName(name) for name in names), loopback]),
            critical=False,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(top_key, hashes.SHA256())
    )
    place.mkdir(parents=True, exist_ok=True)
    certificate, key_file = place / "server.pem", place / "server.key"
    certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    pem = top.public_bytes(serialization.Encoding.PEM).decode()
    return Authority(pem, certificate, key_file)


def webdav(port: int, folder: Path | None, root: str, trust: Authority | None = None) -> Server:
    """Return a WebDAV server's address as the program has it."""
    options = {
        "endpoint": f"{'https' if trust else 'http'}://127.0.0.1:{port}",
        "root": root,
    }
    if trust is not None:
        options["ca"] = trust.pem
    return Server(
        Address(Carrier.WEBDAV, options), {"username": USER, "password": PASSWORD}, port, folder
    )


@contextlib.contextmanager
def apache(*, tls: bool = False) -> Iterator[Server]:
    """Run Apache with mod_dav, over TLS by an authority of its own or plain."""
    binary = program("apache2")
    with own_folder() as place:
        files = place / "dav"
        files.mkdir()
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        (place / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
        trust = authority(place / "tls") if tls else None
        user = served_by(place)
        modules = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user"]
        modules += ["auth_basic", "dav", "dav_fs", "alias", *(["ssl"] if tls else [])]
        loads = "\n".join(
            f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in modules
        )
        secure = (
            f"SSLEngine on\nSSLCertificateFile {trust.certificate}\n"
            f"SSLCertificateKeyFile {trust.key}\nSSLSessionCache none"
            if trust
            else ""
        )

        def command(port: int) -> list[str]:
            (place / "apache.conf").write_text(
                f"""
ServerRoot {place}
{loads}
Listen 127.0.0.1:{port}
ServerName localhost
{f"User {user}" if user else ""}
{f"Group {user}" if user else ""}
PidFile {place}/apache.pid
Mutex file:{place}
ErrorLog {place}/error.log
LogLevel warn
StartServers 1
ServerLimit 4
ThreadsPerChild 25
KeepAlive On
MaxKeepAliveRequests 0
{secure}
DocumentRoot {files}
DavLockDB {place}/locks
<Directory {files}>
  Dav On
  AuthType Basic
  AuthName desk
  AuthUserFile {place}/users
  Require valid-user
</Directory>
"""
            )
            return [binary, "-f", str(place / "apache.conf"), "-D", "FOREGROUND"]

        with running(command, place) as port:
            yield webdav(port, files, "/", trust)


@contextlib.contextmanager
def nginx() -> Iterator[Server]:
    """Run nginx with its dav module, which knows PUT and MKCOL and no PROPFIND."""
    binary = program("nginx")
    with own_folder() as place:
        files = place / "dav"
        files.mkdir()
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        (place / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
        user = served_by(place)

        def command(port: int) -> list[str]:
            temps = "\n".join(
                f"{kind}_temp_path {place}/temp-{kind};"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            (place / "nginx.conf").write_text(
                f"""
daemon off; worker_processes 1; pid {place}/nginx.pid;
{f"user {user};" if user else ""}
error_log {place}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; {temps} client_max_body_size 100m; keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      root {files}; dav_methods PUT DELETE MKCOL COPY MOVE; dav_access user:rw;
      autoindex on; auth_basic desk; auth_basic_user_file {place}/users;
    }}
  }}
}}
"""
            )
            return [binary, "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")]

        with running(command, place) as port:
            yield webdav(port, files, "/")


@contextlib.contextmanager
def wsgidav() -> Iterator[Server]:
    """Run WsgiDAV on cheroot: another implementation of WebDAV altogether."""
    python = server_python()
    with own_folder() as place:
        files = place / "dav"
        files.mkdir()
        (place / "wsgidav.yaml").write_text(
            f"""
provider_mapping: {{"/": "{files}"}}
simple_dc: {{user_mapping: {{"*": {{"{USER}": {{password: "{PASSWORD}"}}}}}}}}
http_authenticator: {{accept_basic: true, accept_digest: false, default_to_digest: false}}
logging: {{enable: false}}
"""
        )

        def command(port: int) -> list[str]:
            return [
                *(str(python), "-m", "wsgidav.server.server_cli"),
                *("--host", "127.0.0.1", "--port", str(port)),
                *("--config", str(place / "wsgidav.yaml"), "--server", "cheroot", "-q"),
            ]

        with running(command, place) as port:
            yield webdav(port, files, "/")


@contextlib.contextmanager
def s3() -> Iterator[Server]:
    """Run moto's S3 with one bucket in it."""
    python = server_python()
    with own_folder() as place:

        def command(port: int) -> list[str]:
            return [str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]

        with running(command, place) as port:
            import urllib.request

            make = urllib.request.Request(f"http://127.0.0.1:{port}/bucket", method="PUT")
            urllib.request.urlopen(make, timeout=30).close()
            options = {
                "endpoint": f"http://127.0.0.1:{port}",
                "region": "us-east-1",
                "bucket": "bucket",
                "root": "/district",
            }
            yield Server(
                Address(Carrier.S3, options),
                {"access_key_id": "invented", "secret_access_key": "invented"},
                port,
            )


@contextlib.contextmanager
def sshd(answering: str = "internal-sftp") -> Iterator[Server]:
    """Run OpenSSH's server with a host key of its own and SFTP only, or what answers in its place."""
    binary = program("sshd")
    with own_folder() as place:
        files = place / "sftp"
        files.mkdir()
        place.chmod(0o700)
        for name in ("host", "user"):
            subprocess.run(
                [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(place / name)],
                check=True,
            )
        shutil.copy(place / "user.pub", place / "authorized")
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)

        def command(port: int) -> list[str]:
            (place / "sshd.conf").write_text(
                f"""
Port {port}
ListenAddress 127.0.0.1
HostKey {place}/host
PidFile {place}/sshd.pid
AuthorizedKeysFile {place}/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand {answering}
MaxStartups 100:30:200
MaxSessions 64
"""
            )
            return [binary, "-D", "-e", "-f", str(place / "sshd.conf")]

        with running(command, place) as port:
            kind, blob = (place / "host.pub").read_text().split()[:2]
            options = {
                "host": "127.0.0.1",
                "port": str(port),
                "root": str(files),
                "host_key": f"{kind} {blob}",
            }
            yield Server(
                Address(Carrier.SFTP, options),
                {"username": getpass.getuser(), "private_key": (place / "user").read_text()},
                port,
                files,
            )


@contextlib.contextmanager
def folder() -> Iterator[Server]:
    """Make a folder: a share or a stick, as far as the program can tell."""
    with own_folder() as place:
        files = place / "share"
        files.mkdir()
        yield Server(Address(Carrier.FOLDER, {"path": str(files)}), {}, 0, files)


WEBDAV: dict[str, Callable[[], contextlib.AbstractContextManager[Server]]] = {
    "apache": apache,
    "wsgidav": wsgidav,
}
EVERY: dict[str, Callable[[], contextlib.AbstractContextManager[Server]]] = {
    **WEBDAV,
    "apache over TLS": lambda: apache(tls=True),
    "s3": s3,
    "sshd": sshd,
    "folder": folder,
}
"""What every carrier is tried against; ./check installs all of them."""

if __name__ == "__main__":
    with EVERY[sys.argv[1]]() as server:
        print(server.address, dict(server.credentials), flush=True)
        time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 3600)
