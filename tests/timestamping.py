"""A timestamp authority (RFC 3161) of the openssl command, in a folder of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

_CONFIG = """
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""

_ROOT = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
_LEAF = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


class Authority:
    """Makes answers to requests; `root` is its root certificate, in PEM."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.conf").write_text(_CONFIG.format(folder=folder))
        (folder / "root.ext").write_text(_ROOT)
        (folder / "leaf.ext").write_text(_LEAF)
        key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256"
        for name in ("root", "tsa"):
            self._run(f"req -new {key} -keyout {name}.key -out {name}.csr -subj", f"/CN=test {name}")
        self._run("x509 -req -in root.csr -signkey root.key -days 3650 -extfile root.ext -out root.pem")
        signed = "-CA root.pem -CAkey root.key -set_serial 7 -days 3650 -extfile leaf.ext"
        self._run(f"x509 -req -in tsa.csr {signed} -out tsa.pem")

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        """Answer a request as the authority does."""
        (self.folder / "request.tsq").write_bytes(request)
        self._run("ts -reply -config tsa.conf -queryfile request.tsq -out answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def _run(self, arguments: str, *more: str) -> None:
        subprocess.run(
            ["openssl", *arguments.split(), *more], cwd=self.folder, check=True, capture_output=True
        )


needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None,
    reason="the openssl command, which plays the timestamp authority, is not installed",
)
