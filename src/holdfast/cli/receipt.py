"""`holdfast receipt`: files that prove a fact to a stranger."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, wired
from holdfast.kernel.refusal import NotFound, Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.publishing.place import Place
    from holdfast.publishing.receipts import Logged, Published

_FACT_ID = re.compile(r"[0-9a-f]{32}")
_ORDER = "order:"

Fact = Annotated[
    str,
    typer.Argument(metavar="FACT", help="A fact's id, or order:ID for all of an order's", show_default=False),
]
Trail = Annotated[Path, typer.Option("--trail", metavar="LOG", help="The log's folder", show_default=False)]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files are written")]


FACT = Text("事实", "fact")


class BadFactId(Refusal):
    """The argument is neither the id of a fact nor an order."""

    code = "bad_fact_id"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是事实的编号", "{text!r} is no id of a fact")
    fix = Text(
        "请写 `holdfast show` 显示的 32 位十六进制数，或 order:ID",
        "Write its 32 hexadecimal digits, as `holdfast show` has them, or order:ID",
    )


class _Written(msgspec.Struct):
    """A fact whose files were written."""

    fact: str
    index: int
    files: list[str]
    opened: bool


def receipt(
    fact: Fact,
    trail: Trail,
    out: Out = Path(),
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write FACT.tlog-proof, its receipt, and FACT.json, which opens it, for `holdfast verify`.

    A fact whose key was destroyed has FACT.leaf instead: it proves that it was logged, but not its content.
    """
    from holdfast.publishing import place  # noqa: PLC0415 - they bring the database's driver
    from holdfast.publishing.receipts import Published  # noqa: PLC0415
    from holdfast.trail.folder import Folder  # noqa: PLC0415

    written: list[_Written] = []
    with answering(as_json=as_json, interrupted="The files that are there are whole."):
        if not _FACT_ID.fullmatch(fact) and not fact.startswith(_ORDER):
            raise BadFactId("FACT", text=fact[:200])
        where = place.load(trail)
        published = Published(where.store(), where.trust)
        folder = Folder(out)
        for one in _found(fact, where, published, (data, database_url, schema)):
            files = _files(one)
            folder.write_all(files.items())
            names = [str(out / name) for name in files]
            written.append(_Written(one.fact_id, one.receipt.leaf_index, names, one.opening is not None))
        if not written:
            raise NotFound(fact, kind=FACT)
    if as_json:
        write_json(written)
        return
    for one in written:
        erased = "" if one.opened else "; its key was destroyed: what it said can be shown by nobody"
        sys.stdout.write(f"{one.fact}  leaf {one.index} of {published.size}{erased}\n")
    names = " ".join(written[0].files)
    sys.stdout.write(f"verify with: holdfast verify {names} --policy {trail / place.POLICY}\n")


def _files(one: "Logged") -> dict[str, bytes]:
    receipt = {f"{one.fact_id}.tlog-proof": one.receipt.encode()}
    if one.opening is None:
        return {**receipt, f"{one.fact_id}.leaf": one.entry}
    return {**receipt, f"{one.fact_id}.json": one.opening.encode()}


def _found(
    fact: str, where: "Place", published: "Published", source: tuple[Path | None, str | None, str | None]
) -> "Iterator[Logged]":
    """Yield the facts asked for: from the database, or from the log's folder where no database is named."""
    from holdfast.publishing import openings  # noqa: PLC0415
    from holdfast.publishing.follower import check_log  # noqa: PLC0415
    from holdfast.publishing.place import OPENINGS  # noqa: PLC0415
    from holdfast.publishing.receipts import Logged, Receipts  # noqa: PLC0415

    order_id = fact.removeprefix(_ORDER) if fact.startswith(_ORDER) else None
    own = where.private / OPENINGS
    if source == (None, None, None) and own.is_file():
        fact_id = None if order_id is not None else fact
        for index, opening in openings.find(own, fact_id=fact_id, order_id=order_id):
            receipt = published.receipt(index)
            yield Logged(opening.fact["id"], receipt, opening.leaf.encode(), opening)
        return
    with wired(*source) as connection:
        check_log(connection, where.signer.verifier)
        receipts = Receipts(connection, published)
        for fact_id in [fact] if order_id is None else receipts.of_order(order_id):
            yield receipts.logged(fact_id)
