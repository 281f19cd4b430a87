"""Why a package is not believed."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BagUnreadable(Refusal):
    """There is no package, or it cannot be opened."""

    code = "bag_unreadable"
    sort = Sort.BROKEN
    what = Text("证据包无法读取：{reason}", "{reason}")
    fix = Text(
        "请给出原样移交的文件夹或 .zip；已损坏的请重新索取",
        "Name the folder or the .zip as it was handed over; where it is damaged, ask for it again",
    )


class BagPathUnsafe(Refusal):
    """A name in the package could lead out of it, or be two things on two machines."""

    code = "bag_path_unsafe"
    sort = Sort.BROKEN
    what = Text("文件名 {name!r} 不安全：{reason}", "the name {name!r} {reason}")
    fix = Text(
        "请勿解包；Holdfast 所制的包只有普通的文件名",
        "Do not unpack it; a package that Holdfast wrote has plain names only",
    )


class BagPathsCollide(Refusal):
    """Two names in the package are one on some machines, or stand twice."""

    code = "bag_paths_collide"
    sort = Sort.BROKEN
    what = Text(
        "文件名 {first!r} 与 {second!r} 在有的机器上是同一个",
        "the names {first!r} and {second!r} are one on some machines",
    )
    fix = Text(
        "请勿解包：看到哪一个取决于机器",
        "Do not unpack it: which of the two is seen would depend on the machine",
    )


class BagTooLarge(Refusal):
    """The package is larger than what is looked at, or unpacks to more than it says."""

    code = "bag_too_large"
    sort = Sort.BROKEN
    what = Text("证据包过大：{reason}", "{reason}")
    fix = Text(
        "请勿解包；请对方分成几个包移交",
        "Do not unpack it; have what is larger handed over in several packages",
    )


class BagManifestWrong(Refusal):
    """A manifest is not of its form."""

    code = "bag_manifest_wrong"
    sort = Sort.BROKEN
    what = Text("证据包的清单有误：{reason}", "{reason}")
    fix = Text("请重新索取；形式见 RFC 8493", "Ask for the package again; RFC 8493 has the form")


class BagFormWrong(Refusal):
    """A file of the package is not of the form that these packages have."""

    code = "bag_form_wrong"
    sort = Sort.BROKEN
    what = Text("证据包的形式有误：{reason}", "{reason}")
    fix = Text(
        "请重新索取；形式见 docs/evidence.md", "Ask for the package again; docs/evidence.md has the form"
    )


class BagFileMissing(Refusal):
    """A manifest names a file that is not there, or a file that must be there is not."""

    code = "bag_file_missing"
    sort = Sort.BROKEN
    what = Text("包内缺少此文件", "it is not in the package")
    fix = Text(
        "请索取完整的证据包；残缺的包什么也不能证明", "Ask for the whole package; a part of it proves nothing"
    )


class BagFileUnlisted(Refusal):
    """A file is there that a manifest does not name."""

    code = "bag_file_unlisted"
    sort = Sort.BROKEN
    what = Text(
        "包内有此文件，但 {manifest} 没有列出", "it is in the package, and {manifest} does not name it"
    )
    fix = Text(
        "请索取原样的证据包；此文件是后来放入的",
        "Ask for the package as it was made; somebody put this file into it",
    )


class BagFileUnexpected(Refusal):
    """A file has no place in a package."""

    code = "bag_file_unexpected"
    sort = Sort.BROKEN
    what = Text("证据包中不应有此文件", "a package has no such file")
    fix = Text(
        "请索取原样的证据包；其他文件请在包外另行移交",
        "Ask for the package as it was made; what is beside it must be handed over beside it",
    )


class BagFileChanged(Refusal):
    """The bytes of a file are not those that the manifest names."""

    code = "bag_file_changed"
    sort = Sort.BROKEN
    what = Text(
        "其 {algorithm} 为 {found}，清单所列为 {listed}",
        "its {algorithm} is {found}, and the manifest has {listed}",
    )
    fix = Text(
        "请勿采信：制包之后文件被改动；请重新索取，并保留两份",
        "Do not rely on it: the file was changed after the package was made; ask for it again, and keep both",
    )


class BagFactWrong(Refusal):
    """A fact is not of its form, or not the one that its file's name says."""

    code = "bag_fact_wrong"
    sort = Sort.BROKEN
    what = Text("包内的事实有误：{reason}", "{reason}")
    fix = Text("请勿采信；请重新索取该事实的原文", "Do not rely on it; ask for the fact's opening again")


class BagEvidenceUnnamed(Refusal):
    """A file of evidence that no fact of the package recorded."""

    code = "bag_evidence_unnamed"
    sort = Sort.BROKEN
    what = Text("包内没有事实登记过此文件", "no fact of the package recorded this file")
    fix = Text(
        "请勿作为证据：无从得知其来源和存在的时间",
        "Do not take it for evidence: nothing says where it comes from, or since when it is there",
    )


class BagEvidenceWrong(Refusal):
    """A file of evidence is not what the fact that recorded it says."""

    code = "bag_evidence_wrong"
    sort = Sort.BROKEN
    what = Text(
        "其 {field} 为 {found}，而事实 {fact_id} 登记的是 {recorded}",
        "its {field} is {found}, and fact {fact_id} recorded {recorded}",
    )
    fix = Text(
        "请勿采信；请索取当初登记的文件，并保留两份",
        "Do not rely on it; ask for the file that was recorded, and keep both",
    )


class BagCustodyWrong(Refusal):
    """The list of custody is not what the facts say."""

    code = "bag_custody_wrong"
    sort = Sort.BROKEN
    what = Text(
        "保管记录与事实推出的不一致", "the list of custody is not the one that follows from the facts"
    )
    fix = Text(
        "请以事实本身为准；记录被改过，或出自其他事实",
        "Read the facts themselves; the list was changed, or made from other facts",
    )


class BagTimestampsWrong(Refusal):
    """What was timestamped is not what is in the package."""

    code = "bag_timestamps_wrong"
    sort = Sort.BROKEN
    what = Text(
        "加盖时间戳的清单与本包文件不符",
        "the list that was timestamped is not the one of this package's files",
    )
    fix = Text(
        "请勿采信时间戳；请索取加盖时的原包",
        "Do not rely on the timestamps; ask for the package as it was stamped",
    )
