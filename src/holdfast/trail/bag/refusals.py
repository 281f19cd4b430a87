"""Why a package is not believed."""

from holdfast.kernel.refusal import Refusal


class BagUnreadable(Refusal):
    """There is no package, or it cannot be opened."""

    code = "bag_unreadable"
    what = "{reason}"
    fix = "Name the folder or the .zip as it was handed over; where it is damaged, ask for it again"


class BagPathUnsafe(Refusal):
    """A name in the package could lead out of it, or be two things on two machines."""

    code = "bag_path_unsafe"
    what = "the name {name!r} {reason}"
    fix = "Do not unpack it; a package that Holdfast wrote has plain names only"


class BagPathsCollide(Refusal):
    """Two names in the package are one on some machines, or stand twice."""

    code = "bag_paths_collide"
    what = "the names {first!r} and {second!r} are one on some machines"
    fix = "Do not unpack it: which of the two is seen would depend on the machine"


class BagTooLarge(Refusal):
    """The package is larger than what is looked at, or unpacks to more than it says."""

    code = "bag_too_large"
    what = "{reason}"
    fix = "Do not unpack it; have what is larger handed over in several packages"


class BagManifestWrong(Refusal):
    """A manifest is not of its form."""

    code = "bag_manifest_wrong"
    what = "{reason}"
    fix = "Ask for the package again; RFC 8493 has the form"


class BagFormWrong(Refusal):
    """A file of the package is not of the form that these packages have."""

    code = "bag_form_wrong"
    what = "{reason}"
    fix = "Ask for the package again; docs/evidence.md has the form"


class BagFileMissing(Refusal):
    """A manifest names a file that is not there, or a file that must be there is not."""

    code = "bag_file_missing"
    what = "it is not in the package"
    fix = "Ask for the whole package; a part of it proves nothing"


class BagFileUnlisted(Refusal):
    """A file is there that a manifest does not name."""

    code = "bag_file_unlisted"
    what = "it is in the package, and {manifest} does not name it"
    fix = "Ask for the package as it was made; somebody put this file into it"


class BagFileUnexpected(Refusal):
    """A file has no place in a package."""

    code = "bag_file_unexpected"
    what = "a package has no such file"
    fix = "Ask for the package as it was made; what is beside it must be handed over beside it"


class BagFileChanged(Refusal):
    """The bytes of a file are not those that the manifest names."""

    code = "bag_file_changed"
    what = "its {algorithm} is {found}, and the manifest has {listed}"
    fix = (
        "Do not rely on it: the file was changed after the package was made; ask for it again, and keep both"
    )


class BagFactWrong(Refusal):
    """A fact is not of its form, or not the one that its file's name says."""

    code = "bag_fact_wrong"
    what = "{reason}"
    fix = "Do not rely on it; ask for the fact's opening again"


class BagEvidenceUnnamed(Refusal):
    """A file of evidence that no fact of the package recorded."""

    code = "bag_evidence_unnamed"
    what = "no fact of the package recorded this file"
    fix = "Do not take it for evidence: nothing says where it comes from, or since when it is there"


class BagEvidenceWrong(Refusal):
    """A file of evidence is not what the fact that recorded it says."""

    code = "bag_evidence_wrong"
    what = "its {field} is {found}, and fact {fact_id} recorded {recorded}"
    fix = "Do not rely on it; ask for the file that was recorded, and keep both"


class BagCustodyWrong(Refusal):
    """The list of custody is not what the facts say."""

    code = "bag_custody_wrong"
    what = "the list of custody is not the one that follows from the facts"
    fix = "Read the facts themselves; the list was changed, or made from other facts"


class BagTimestampsWrong(Refusal):
    """What was timestamped is not what is in the package."""

    code = "bag_timestamps_wrong"
    what = "the list that was timestamped is not the one of this package's files"
    fix = "Do not rely on the timestamps; ask for the package as it was stamped"
