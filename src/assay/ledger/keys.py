"""Keys of persons and of the publication: Ed25519, one file each, outside the store.

A private key never enters the home; the journal records the public one and who it
belongs to, so that every signed act can be checked for ever.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assay.core import refused

#: File name stem of the key that signs publications.
PUBLICATION = "publication"
_NAME = re.compile(r"\w[\w.-]{0,99}")
_PUBLIC_DIGITS = 64


@dataclass(frozen=True)
class Signer:
    """A person (or the publication) with the private key at hand."""

    person: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The raw public key, hexadecimal."""
        return raw_public(self.private.public_key()).hex()

    @property
    def key(self) -> str:
        """The key's identity: first 16 hexadecimal digits of its sha256."""
        return key_id(self.public)

    def sign(self, message: bytes) -> str:
        """Ed25519 signature, hexadecimal."""
        return self.private.sign(message).hex()


def key_id(public: str) -> str:
    """Identity of a public key given in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_key(public: str, key: str) -> bool:
    """Whether `key` is the identity of the public key `public` (32 bytes, hexadecimal)."""
    try:
        return len(public) == _PUBLIC_DIGITS and key_id(public) == key
    except ValueError:
        return False


def raw_public(public: Ed25519PublicKey) -> bytes:
    """The 32 raw bytes of a public key."""
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def signature_holds(public: str, message: bytes, signature: str) -> bool:
    """Whether `signature` over `message` was made with the key `public` (all hexadecimal)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), message
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def make_key(folder: Path, person: str) -> Signer:
    """Create ``<person>.key`` (0600) and ``<person>.pub`` in `folder`; never overwrites."""
    return _make_files(folder, person, person)


def make_next_key(folder: Path, person: str) -> Signer:
    """The successor of a key: ``<person>.next.key``, to be recorded before it is promoted."""
    return _make_files(folder, person, f"{person}.next")


def promote_next_key(folder: Path, person: str) -> Signer:
    """Put the successor in its place; the old files stay under the old key's identity."""
    old = load_signer(folder, person).key
    load_signer(folder, f"{person}.next")
    for suffix in ("pub", "key"):
        (folder / f"{person}.{suffix}").rename(folder / f"{person}.{old}.{suffix}")
        (folder / f"{person}.next.{suffix}").rename(folder / f"{person}.{suffix}")
    return load_signer(folder, person)


def _make_files(folder: Path, person: str, stem: str) -> Signer:
    if not _NAME.fullmatch(person):
        raise refused("key.name", person, "a name of letters, digits, dot, dash and underscore")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / f"{stem}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise refused(
            "key.exists", str(path), "a key is never overwritten: rotate it under a new name"
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / f"{stem}.pub").write_bytes(public)
    return Signer(person, private)


def load_signer(folder: Path, person: str) -> Signer:
    """The key file of `person`; refused with the way out when it is not there."""
    path = folder / f"{person}.key"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.key"))) or "none"
        raise refused(
            "key.missing",
            str(path),
            f"no key file of {person!r} here (there are: {known}); set ASSAY_KEYS or make one",
        )
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise refused("key.kind", str(path), "the key must be an Ed25519 private key")
    return Signer(person, private)
