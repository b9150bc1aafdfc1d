"""Certificates for mutual TLS: one authority, one certificate that every side shows, made once in a folder.

The key of the authority is not kept: whoever is to join gets a copy of the folder, and nobody can make others.
"""

import datetime as dt
import os
from pathlib import Path
from typing import Any

from kgents.errors import UsageError
from kgents.runner.cluster.address import FILES

DAYS = 365


def certificates(folder: Path) -> Path:
    """The folder, with certificates in it: those that are there, or new ones. UsageError where they cannot be written."""
    if all((folder / name).is_file() for name in FILES):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        contents = _make()
        for name in FILES:
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(contents[name])
    except OSError as wrong:
        raise UsageError(
            f"--dir {folder}: certificates cannot be written: {wrong.strerror}", "another folder"
        ) from wrong
    return folder


def missing() -> UsageError:
    """The extra is not installed."""
    return UsageError(
        "workers need distributed and cryptography, which are not installed", "pip install 'kgents[cluster]'"
    )


def _make() -> dict[str, bytes]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as wrong:
        raise missing() from wrong
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    root = _certificate("kgents authority", authority.public_key(), "kgents authority", authority, is_authority=True)
    leaf = _certificate("kgents", key.public_key(), "kgents authority", authority, is_authority=False)
    return {
        "ca.pem": root.public_bytes(pem),
        "cert.pem": leaf.public_bytes(pem),
        "key.pem": key.private_bytes(pem, pkcs8, plain),
    }


def _certificate(name: str, public: Any, issuer: str, authority: Any, *, is_authority: bool) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    now = dt.datetime.now(dt.UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
    )
    if is_authority:
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(authority, hashes.SHA256())
