"""What keeps other accounts of this computer from the ports behind S3: a certificate that only the server itself has.

SeaweedFS speaks to itself through ports on which it otherwise lets everybody read, write and delete, past the keys of
S3 and past Object Lock. Asked for a certificate, a connection without it ends before its first request. There is one
certificate, which the server shows and asks for. It is new at each start of the stack, so nothing has to be renewed
and a stolen one opens nothing later.
"""

from __future__ import annotations

import datetime as dt
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deployments.os_process import HOST
from storage.atomic_file import write_atomically
from storage.clock import utc_now

_CERTIFICATE: Final = "internal.pem"
_KEY: Final = "internal.key"
_GRPC: Final = ("admin", "client", "filer", "master", "s3", "volume", "worker")
_HTTP: Final = ("admin", "filer", "master", "volume")
_LIFE: Final = dt.timedelta(days=3650)
"""Longer than any stack runs without a start."""
_CLOCK_ERROR: Final = dt.timedelta(days=1)


def close_ports(folder: Path) -> None:
    """Write `security.toml` and a new certificate to the working directory of the server, which must not run."""
    key = ec.generate_private_key(ec.SECP256R1())
    private_bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(folder / _CERTIFICATE, _certificate(key).public_bytes(Encoding.PEM))
    write_atomically(folder / _KEY, private_bytes)
    write_atomically(folder / "security.toml", _security().encode())


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = utc_now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_ERROR)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .sign(key, SHA256())
    )


def _security() -> str:
    # Relative to the working directory. It is its own authority: nothing else is ever trusted.
    pair = f'cert = "{_CERTIFICATE}"\nkey = "{_KEY}"\n'
    authority = f'ca = "{_CERTIFICATE}"\n'
    return "".join(
        (
            f"[grpc]\n{authority}",
            *(f"[grpc.{name}]\n{pair}" for name in _GRPC),
            *(f"[https.{name}]\n{pair}{authority}" for name in _HTTP),
            f"[https.client]\nenabled = true\n{pair}{authority}",
        )
    )
