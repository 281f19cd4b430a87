"""Why a file is not kept, or a package is not written."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class FileTooLarge(Refusal):
    """A file is larger than what is kept, or empty."""

    code = "evidence_file_size"
    sort = Sort.MALFORMED
    what = Text(
        "文件大小为 {size}，可保存 1 至 {most:,} 字节的文件",
        "it has {size}, and files of 1 to {most:,} bytes are kept",
    )
    fix = Text(
        "较长的录音录像请分段；空文件无须登记",
        "Cut a longer recording into parts; nothing is to be recorded of an empty file",
    )


class MediaUnknown(Refusal):
    """Nobody can tell what a file is."""

    code = "media_unknown"
    sort = Sort.MALFORMED
    what = Text("其字节不属于任何已知类型：{kinds}", "its bytes are of none of the known kinds: {kinds}")
    fix = Text(
        "请保留原件；另存一份上述类型的副本（多年后他人仍能打开），并在来源中写明由何而来",
        (
            "Keep the original as it is; add a copy saved as one of these, which others can open "
            "in years, and say in its source what it was made from"
        ),
    )


class MediaContradicts(Refusal):
    """A file's name says another thing than its bytes."""

    code = "media_contradicts"
    sort = Sort.MALFORMED
    what = Text(
        "文件名以 {ending} 结尾，而内容是 {media_type}",
        "its name ends in {ending}, and its bytes are {media_type}",
    )
    fix = Text("请查明它是什么，并照此命名：{endings}", "Find out what it is, and name it so: {endings}")


class BlobMissing(Refusal):
    """A file that was recorded is not in the store."""

    code = "blob_missing"
    sort = Sort.NOT_FOUND
    what = Text("此哈希的文件不在库 {store} 中", "the file of this hash is not in the store {store}")
    fix = Text(
        "请放回：`holdfast evidence add` 会重新保存；或写明存有它的库",
        "Put it back: `holdfast evidence add` keeps a file again; or name the store that has it",
    )


class BlobDamaged(Refusal):
    """The bytes of a kept file are not those of its name."""

    code = "blob_damaged"
    sort = Sort.BROKEN
    what = Text("其字节的哈希为 {found}", "its bytes have the hash {found}")
    fix = Text(
        "请勿使用；请从备份放回正确的文件，并查明谁改动了它",
        "Do not use it; put the right file back from a backup, and look who changed it",
    )


class BadSubject(Refusal):
    """Nobody knows whom a package is to be about."""

    code = "bad_subject"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是订单、商家或索赔", "{text!r} names no order, merchant or claim")
    fix = Text("请写 order:ID、merchant:ID 或 claim:ID", "Write order:ID, merchant:ID or claim:ID")


class NothingToPack(Refusal):
    """No fact is about the subject."""

    code = "nothing_to_pack"
    sort = Sort.NOT_FOUND
    what = Text("没有关于它的事实", "no fact is about it")
    fix = Text("请核对编号：`holdfast show` 可以查看", "Check the id: `holdfast show` tells what there is")


class PackageThere(Refusal):
    """Something is where the package is to be written."""

    code = "package_there"
    sort = Sort.CONFLICT
    what = Text("那里已有内容", "something is there already")
    fix = Text("请写空的路径：证据包从不覆盖", "Name a path where nothing is: packages are never overwritten")


class PackageTooLarge(Refusal):
    """A package would be larger than what is verified."""

    code = "package_too_large"
    sort = Sort.UNMET
    what = Text("证据包将超过 {what}", "it would have more than {what}")
    fix = Text(
        "请按订单或索赔逐个制包；.zip 太小的，请写文件夹",
        "Pack orders or claims one by one; where a .zip is too small, name a folder",
    )


class TsaUnreachable(Refusal):
    """A timestamp authority did not answer."""

    code = "tsa_unreachable"
    sort = Sort.UNAVAILABLE
    what = Text("时间戳机构没有给出时间戳：{reason}", "it gave no timestamp: {reason}")
    fix = Text(
        "请检查地址和网络后重试；不写 --tsa，则证据包没有时间戳",
        "Check the address and the network, and try again; without --tsa the package has no timestamp",
    )
