"""What the texts of C2SP and RFC 6962 give as examples, and what others' implementations were tested with.

None of it was made here: keys, notes and hashes are those of c2sp.org, golang.org/x/mod/sumdb, Certificate
Transparency, transparency-dev/formats, tessera and torchwood.
"""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from holdfast.trail import checkpoint, consistency, cosignature, note, policy, proof
from holdfast.trail.bundle import Bundle
from holdfast.trail.cosignature import WitnessSigner, WitnessVerifier, seen_at, time_of
from holdfast.trail.keys import COSIGNATURE_ED25519, LogSigner, LogVerifier, VerifierKey, parse_vkey
from holdfast.trail.merkle import (
    BadProof,
    CompactRange,
    Hash,
    check_consistency,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of_inclusion,
)
from holdfast.trail.note import BadNote, Note, verified
from holdfast.trail.policy import BadTrust, Untrusted
from holdfast.trail.tile import Tile

# signed-note: golang.org/x/mod/sumdb/note, note_test.go

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
    "ox33WWd1RvMc+QQ=\n"
)


def log_key(vkey: str) -> LogVerifier:
    return LogVerifier(parse_vkey(vkey))


def test_a_note_of_two_is_signed_by_those_that_are_trusted() -> None:
    read = note.parse(f"{TEXT}\n{BY_PETER}{BY_ENOCH}".encode())
    peter, enoch = log_key(PETER), log_key(ENOCH)
    assert read.text == TEXT
    assert verified(read, [peter]) == [peter]
    assert verified(read, [peter, enoch]) == [peter, enoch]
    assert verified(read, []) == []


def test_signing_with_gos_key_gives_gos_bytes() -> None:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_PRIVATE)[1:])
    signer = LogSigner("PeterNeumann", private)
    assert signer.verifier.encode() == PETER
    assert Note(TEXT, (signer.sign(TEXT),)).encode() == f"{TEXT}\n{BY_PETER}".encode()


def test_no_part_of_a_key_is_one_and_no_altered_key() -> None:
    for start in range(len(PETER)):
        for end in range(start + 1, len(PETER) + 1):
            if (start, end) != (0, len(PETER)):
                with pytest.raises(BadNote):
                    parse_vkey(PETER[start:end])
    for at, sign in enumerate(PETER):
        with pytest.raises(BadNote):
            parse_vkey(PETER[:at] + chr(ord(sign) + 1) + PETER[at + 1 :])
    with pytest.raises(BadNote):
        parse_vkey("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
    unknown = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    with pytest.raises(BadTrust, match="type 0x65"):
        policy.read(f"log {unknown}\nquorum none\n".encode())


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        f"{TEXT}\n".encode(),
        f"{TEXT}\n{BY_PETER[:-1]}".encode(),
        f"\x01{TEXT}\n{BY_PETER}".encode(),
        b"\xff" + f"{TEXT}\n{BY_PETER}".encode(),
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Bad Name')}".encode(),
        f"{TEXT}\n{BY_PETER}Unexpected line.\n".encode(),
        f"{TEXT}\n{BY_PETER * 101}".encode(),
    ],
    ids=["text", "no lines", "no newline", "control", "no UTF-8", "bad name", "more", "too many"],
)
def test_malformed_notes_of_go_are_refused(data: bytes) -> None:
    with pytest.raises(BadNote):
        note.parse(data)


def test_a_wrong_signature_of_a_key_that_is_trusted_spoils_the_note() -> None:
    read = note.parse(f"{TEXT}\n{BY_PETER[:60]}ABCD{BY_PETER[60:]}".encode())
    with pytest.raises(BadNote, match="the signature of PeterNeumann is wrong"):
        verified(read, [log_key(PETER)])


def test_sixteen_signatures_are_read_as_the_text_asks() -> None:
    assert len(note.parse(f"{TEXT}\n{BY_PETER * 16}".encode()).signatures) == 16


def test_a_text_may_have_empty_lines() -> None:
    """The example of signed-note: the last empty line ends the text."""
    text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    line = (
        "— quasimodo.example/salvatore "
        "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    read = note.parse(f"{text}\n{line}".encode())
    assert read.text == text
    assert (read.signatures[0].key_id.hex(), len(read.signatures[0].value)) == ("367ba04b", 64)
    assert read.encode() == f"{text}\n{line}".encode()


# tlog-checkpoint: the example's signature is that of Go's own database over the same head, under its origin

SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
HEADS = {
    20_852_163: (
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    ),
    6_476_701: (
        "mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=",
        "Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=",
    ),
}


@pytest.mark.parametrize("size", HEADS)
def test_checkpoints_that_gos_database_signed_verify(size: int) -> None:
    root, signature = HEADS[size]
    data = f"go.sum database tree\n{size}\n{root}\n\n— sum.golang.org {signature}\n".encode()
    read = note.parse(data)
    assert verified(read, [log_key(SUMDB)]) == [log_key(SUMDB)]
    head = checkpoint.of(read)
    assert (head.origin, head.size, base64.b64encode(head.root).decode()) == (
        "go.sum database tree",
        size,
        root,
    )
    assert head.text() == read.text
    edited = note.parse(data.replace(str(size).encode(), str(size + 1).encode()))
    with pytest.raises(BadNote, match=r"the signature of sum\.golang\.org is wrong"):
        verified(edited, [log_key(SUMDB)])


# tlog-cosignature

SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_what_a_witness_signs_is_that_of_the_text() -> None:
    assert cosignature.ed25519_message(SOFA, 1_679_315_147) == (
        b"cosignature/v1\ntime 1679315147\n"
        b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    root = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert cosignature.ml_dsa_message("witness.example.com/w1", SOFA + "more\n", 1_679_315_147) == (
        b"subtree/v1\n\x00"
        b"\x16witness.example.com/w1"
        b"\x00\x00\x00\x00\x64\x18\x50\xcb"
        b"\x1bexample.com/behind-the-sofa"
        b"\x00\x00\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x01\x3e\x2d\xc3" + root
    )
    with pytest.raises(BadNote, match="1 to 255 bytes"):
        cosignature.ml_dsa_message("w" * 256, SOFA, 0)


def test_the_times_of_cosignatures_are_read() -> None:
    line = (
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin"
        "1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    read = note.parse_signature(f"— witness.example.com/w1 {line}")
    assert (read.key_id.hex(), time_of(read.value), len(read.value)) == ("8d66cf3f", 1_679_315_147, 72)
    other = (
        "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7"
        "S5gxEHWWOworDcFiEBYJXORmnFBOBA=="
    )
    assert time_of(base64.b64decode(other)[4:]) == 1_727_964_367


def test_the_key_of_a_witness_that_runs_is_read() -> None:
    vkey = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    key = parse_vkey(vkey)
    assert (key.name, key.kind, key.encode()) == ("remora.n621.de", COSIGNATURE_ED25519, vkey)


ML_DSA_SEED = "2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0"
ML_DSA_TEXT = "example.com/mldsa-log\n1\n+zoErtsZtGO6sfiSV/v4UJSIyowisE8hvjw0q5+bD38=\n"
ML_DSA_LINE = """
td9FxQAAAAAAAAAAkjFvCxC6244QGemHL0hurmk5M3Hj6noQQtBM1TiwnC1lFmT+t+cUG9W0ENlRQtV20lJFLKCzoJ08ulQEkfiVueKHeMyURh97
Iup0R9d41Monv472jkyfDoX3ILyX/kEOuSV4Ed2tU4VmtDSbP0rofMWAbKJRMnzCpNIT5xMe3tRbWLVTvAtnX9OB4UMKL1dvGS/uuhqW9Ddjik2D
8veitBvk3TbQcT8fanSyZqCbDZ5zzw5JS3Gu5oD1zK7z+KiyqbzKUhglESs7YXFbeU0E03FrXdAPYS6GAuZtBWTJp4DEm4rL+NqU6Xp0n2ehhqd1
rFAJUAcsE5CFakQdlmKkkzVMy3VZYll5ptS0amlYfGqX6/N9bJAYdAoWWpdgCep5eXCutQcTQXc69UocKT99/vholeAP1097GfS+hNL2ndNS2ieM
nj8XLD1LCHVoBjKZUIObB0lx3leGRe9VjYgTRAY2WlE+K32b6Iz1rKzzDD8YBNQdkHgdx44uPOU3I+8szYS6NzQ2Z0QlqAtz0j9vZu9yEUUxCEOR
AiMAHLtV5oWZ/RvSE7qq5B0b8WrHGPGoR/qUNK4ECmlIe/SRo6M7yRrPs3das3ox1bkC3f92c98ewHLeQtLwwsqQJny6rlYaiaiPMxgdT2CVcJEc
KOfaK8pdy2fucBDxHrQitpGkeLJLmWk6LLxR/Ut6s6xNyyKSuZlVslS40n9MJ837uMmJFyecKPliwAj8HzTWQywSkMpEQfJyr4i2Kfa2paOZ4izm
otRTfdvbFWlWFwuGLWOQ0X/pKaExpdNDwqahAwbfGkw/iHbsV7ZIlNIuSNs2ccQvnjM8xqkT6sYYVxYiHpmk5sOwGsdeiMdwQqn7Q/Lz+uc3F6k/
r0Ox7MJTX6fPhFdhe8RJg/77USR/MIGiT4YZHV+XgrtbV0jvMEgB4yEOircsScaBmLv18tTn1GiGlzFjK/s7gOzjk70jf1qCZ1MNgDAPstd/5sXd
wYON0FnA5zPUp9yMkq1/wZq+DuePQDT6nj8zgFrkrvl8s7nibKKaL2bKcje5YP3CFcXLZoESZnC3BJkV85VqXlAKl+dctM3vNfMVrqk3/boBARw2
7mdKLsysIREkWR4caByW0csjL3Js9tn1hB0yf6hIGo8mvPIUjPIXn1rFSSKWkQlq15wu2gwEo9FdVF5beMdF4LVwuO9PZ1Y4oXuRE2pIzMWq/jEz
HAZ7GucP7yzU78X767ucrwO/AXjMlLUsLLFZaQcHHBsrQJLpy5w1Jn/L7XFyR2g0lBOdT+lSOhx7j33oIlzxmqdR47ovtkg+LJpbAJG7n/JiQ/h/
xffe3VdqSsrB8S4ltKz+rq51swoZ59zmRzWaoNkyWX0eu0E7y6EfpfrKEmr0H+fYtVnJvCznWFKzbv7oDXKC0pOyKZsNctvFwhSGEEURCs1G+4Ir
AEWG2Y231thQ8HdMvaMcm+ocvBGhZjmE7bXFkdiJ7S09csFjljFDGCiGRiU+flxkyiqpa1DDgeFRWOEyNAdMeY2iQMTJU9ApqNVrPpjGbg7kL0Hr
fKCQM236d16DKfXIiUmZw/NONKnrliAIs6/WSzKdW/JUyTLiKfPV1ItODmw5eNz7lV36dR8g3us/bpWp4OaDIInrLxYZRfkLHLvXGGg5ogY2k/FM
no/3UBbS0QfstK+ByB/pFVYCHWgDjctwpOHaqAAXAiWHAUh1KOpXBMv8qndpzhsYhvKbrL371aBST0e3iPW/K4x+kFfgdeClsftS9RnE8KDCf4Uz
+9QMP9sxj4+ZACztE19eBVaSvCqv54wO6n5248UzbqPXzA1dweKQziw/FnPWC7qMrcs3jDi6PBPhpruk1xBy08MQg58l4YzuXrPm5gAyiUAyfNsz
vhTotaU02oljhvg24CycDo/2PvQY7sBmisIsVVeHssiRxg23CMgWHaPMDn6OM+IhF2xaAqJOjfnsFBWlvMg8LxsrBnOQ1YABVLLtMvCSaIvgBjPt
8XtLn9gZ0HL9OvGsR3efWHTR5p4nZyuHH2Nm8F3nWKVkEI4p4H6Yo5O0hkzCi1ZB7QT3uEIeR0Hq3g/bLTzmm6XzsjWSmQ8CtPapmXX476QT44wU
0CWJ096SqUGUq2ZCDg3kFkV0BuKPIfLCt4sYK9bjj8UZCqkhyHbVm2x+HQwk8mNnDbUd7PK89riPjA33KX0Sw32RE0uKtB0sC8m7t028aEupsRx5
6/M0jBgeYmEHuRrXpW9nuOkQPTBaHdmYBHNkzTF2arPzZK3diFuhKPvmSQh2CN6g8r0p3EN+dmps1fIUfHM6emkEuaod+ZG83vyJsyd5B2oPMTVP
12z8VJtDRAYfA5bRj+HEw2aD4f23u/Zq3PHk2C9T5LTAu28WCuO/EpXGSIkq1/hRpyE0qhJSnPN9/iE74PoU1OgjGBv6uSUsNhNZJeMe2W23s8EA
yStB5+u83IBgUctrGwXzNdoC9LY1p+kNFSAZXIggNB3alVzoS+D9rcCYTUAafpkdwLaYq5/w0wRchljkG61rl+gZCiwtqZv3SHVxO7kRTAzfHsGD
B1yc/9Sz++IMGyFHYvuqtclhpHPPToFByaVl687b1P4t2i/U4fWPZ4BBhN5Q7HGTxubspw1GY2MjBYU5OXvEJu9aWeibkM/fg6QrxPRYNsJBNJQR
ywMjYHj6AefrZeGXGxSNgS50kCNBvV7XTli/17y3MFgR4WfNmBK3BqKb87v3DBMVnLHcqvw1ZVjFPv91q0XYaDdVFHqOnS4Fh5nfwh1qfuvKrUZl
wFPcwW+pG4YDyjx90MTFugpQ6KfEusmUhB5Dqr79nYWbOhW3e0PCEZtxmVrH9EtCHEgO6wnkWjPke6XULARu0ECF1gZvQczEjKfzxCt6Rknz+27l
XyzgzRyHWxr0kB/pFty+8IebrDfIW9757d+1QLonDTmkLQiirF0ygsgQALmk1KljcHD/qiAZPHh5YX+Q2VdDfIfGeMXmCg3nX5r5DINcx47fNHtg
WeGn8MjF8Hnff6x+ZU/7YqcBrDOvGqn46FBvuRY0+mWkRo576207vQR/023owl7pXZ5p/75V5yDkTZWDtXsfKjpypcxrWIBsg5GC25nZdjQQGBtF
UF1pfn+xvunq9AEIFidYY2Vyc3mYw8TW7PkVKis5PENhdbfJHDtIdIiQsLe+1Nr+/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4eKDU=
"""


def test_a_post_quantum_signature_that_torchwood_made_verifies() -> None:
    """Of type 0x06, at the time 0: key, key id and message are those of the text."""
    private = MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(ML_DSA_SEED))
    key = WitnessVerifier(WitnessSigner("example.com/mldsa-log", private).verifier)
    assert key.key_id.hex() == "b5df45c5"
    assert sha256(b"\x00testonly").digest() == checkpoint.parse_text(ML_DSA_TEXT).root
    line = note.parse_signature(f"— example.com/mldsa-log {''.join(ML_DSA_LINE.split())}")
    signed = Note(ML_DSA_TEXT, (line,))
    assert verified(signed, [key]) == [key]
    assert seen_at(signed, key) is None  # the text has it: zero is no statement about time
    with pytest.raises(BadNote, match=r"the signature of example\.com/mldsa-log is wrong"):
        verified(Note(ML_DSA_TEXT.replace("\n1\n", "\n2\n"), (line,)), [key])


# tlog-proof: the example's own head, above the real checkpoint in the place of the elided one

PROOF = """c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()


def test_the_example_of_a_proof_reads_as_it_is_written() -> None:
    read = proof.read(PROOF)
    assert (read.leaf_index, len(read.path)) == (73_894, 5)
    assert read.extra is not None
    assert read.extra.startswith(b"age-v1.2.1-darwin-arm64.tar.gz")
    assert (read.checkpoint.origin, read.checkpoint.size) == ("example.com/fancylog", 109_482)
    assert read.encode() == PROOF
    with pytest.raises(BadProof, match="too short"):
        read.check(b"anything")


# RFC 6962: Certificate Transparency's reference tree of eight leaves; its roots are in test_merkle

ENTRIES = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", bytes(range(0x60, 0x70))]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SIX = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
SEVENTH = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
GROWTHS = {
    (1, 1): [],
    (1, 8): PATHS[0, 8],
    (6, 8): [SIX, *PATHS[5, 8][1:]],
    (2, 5): PATHS[1, 5][1:],
    (6, 7): [SIX, SEVENTH, PATHS[5, 8][2]],
}


def tree(size: int) -> tuple[CompactRange, dict[tuple[int, int], Hash]]:
    growing, nodes = CompactRange(), dict[tuple[int, int], Hash]()
    for entry in ENTRIES[:size]:
        nodes |= {(level, index): found for level, index, found in growing.append(leaf_hash(entry))}
    return growing, nodes


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_audit_paths_are_those_of_certificate_transparency(index: int, size: int) -> None:
    path = [bytes.fromhex(one) for one in PATHS[index, size]]
    growing, nodes = tree(size)
    assert prove_inclusion(index, size, lambda level, at: nodes[level, at]) == path
    assert root_of_inclusion(leaf_hash(ENTRIES[index]), index, size, path) == growing.root()


@pytest.mark.parametrize(("old", "size"), GROWTHS)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, size: int) -> None:
    found = [bytes.fromhex(one) for one in GROWTHS[old, size]]
    growing, nodes = tree(size)
    assert prove_consistency(old, size, lambda level, at: nodes[level, at]) == found
    check_consistency(old, tree(old)[0].root(), size, growing.root(), found)


# tlog-tiles: paths of tessera's tests; those of the text itself are in test_tiles


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Tile(0, 1_234_067, 89).path, "tile/0/x001/x234/067.p/89"),
        (Tile(63, 999_999_999_999_999_999, 255).path, "tile/63/x999/x999/x999/x999/x999/999.p/255"),
        (Tile(1, 1_000).path, "tile/1/x001/000"),
        (Bundle(1_000_000).path, "tile/entries/x001/x000/000"),
        (Bundle(5, 12).path, "tile/entries/005.p/12"),
    ],
)
def test_paths_are_those_that_others_ask_for(path: str, expected: str) -> None:
    assert path == expected


# tlog-witness
SECOND = "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q="
ADD_CHECKPOINT = f"""old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

{SOFA}
— example.com/behind-the-sofa {HEADS[20_852_163][1]}
— example.com/behind-the-sofa {SECOND}
""".encode()


def test_the_example_of_a_request_to_a_witness_reads_as_it_is_written() -> None:
    read = consistency.read(ADD_CHECKPOINT)
    assert (read.old, len(read.proof), read.checkpoint.size) == (20_852_014, 4, 20_852_163)
    assert [one.name for one in read.note.signatures] == ["example.com/behind-the-sofa"] * 2
    assert read.encode() == ADD_CHECKPOINT


# tlog-policy


def test_the_policy_of_the_text_asks_for_two_of_one_and_any_of_the_other() -> None:
    log = LogSigner("example.com/log", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
    names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    signers = {
        name: WitnessSigner(f"{name}.example", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
        for number, name in enumerate(names, start=2)
    }
    keys: dict[str, VerifierKey] = {name: signer.verifier for name, signer in signers.items()}
    text = f"log {log.verifier.encode()}\n\n"
    text += "".join(f"witness {name} {keys[name].encode()}\n" for name in names[:3])
    text += "group X-witnesses 2 X1 X2 X3\n\n"
    text += "".join(f"witness {name} {keys[name].encode()}\n" for name in names[3:])
    text += "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    trust = policy.read(text.encode())
    head = SOFA.replace("example.com/behind-the-sofa", "example.com/log")
    for bits in range(2 ** len(names)):
        saw = [name for bit, name in enumerate(names) if bits >> bit & 1]
        signed = Note(head, (log.sign(head), *(signers[name].sign(head, 1) for name in saw)))
        if sum(name in saw for name in names[:3]) >= 2 and set(saw) & set(names[3:]):
            assert trust.check(signed)[1] == saw
        else:
            with pytest.raises(Untrusted, match="no quorum"):
                trust.check(signed)
