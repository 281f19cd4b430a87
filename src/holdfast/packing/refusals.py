"""Why a file is not kept, or a package is not written."""

from holdfast.kernel.refusal import Refusal


class FileTooLarge(Refusal):
    """A file is larger than what is kept, or empty."""

    code = "evidence_file_size"
    what = "it has {size}, and files of 1 to {most:,} bytes are kept"
    fix = "Cut a longer recording into parts; nothing is to be recorded of an empty file"


class MediaUnknown(Refusal):
    """Nobody can tell what a file is."""

    code = "media_unknown"
    what = "its bytes are of none of the known kinds: {kinds}"
    fix = (
        "Keep the original as it is; add a copy saved as one of these, which others can open in years, and "
        "say in its source what it was made from"
    )


class MediaContradicts(Refusal):
    """A file's name says another thing than its bytes."""

    code = "media_contradicts"
    what = "its name ends in {ending}, and its bytes are {media_type}"
    fix = "Find out what it is, and name it so: {endings}"


class BlobMissing(Refusal):
    """A file that was recorded is not in the store."""

    code = "blob_missing"
    what = "the file of this hash is not in the store {store}"
    fix = "Put it back: `holdfast evidence add` keeps a file again; or name the store that has it"


class BlobDamaged(Refusal):
    """The bytes of a kept file are not those of its name."""

    code = "blob_damaged"
    what = "its bytes have the hash {found}"
    fix = "Do not use it; put the right file back from a backup, and look who changed it"


class BadSubject(Refusal):
    """Nobody knows whom a package is to be about."""

    code = "bad_subject"
    what = "{text!r} names no order, merchant or claim"
    fix = "Write order:ID, merchant:ID or claim:ID"


class NothingToPack(Refusal):
    """No fact is about the subject."""

    code = "nothing_to_pack"
    what = "no fact is about it"
    fix = "Check the id: `holdfast show` tells what there is"


class PackageThere(Refusal):
    """Something is where the package is to be written."""

    code = "package_there"
    what = "something is there already"
    fix = "Name a path where nothing is: packages are never overwritten"


class PackageTooLarge(Refusal):
    """A package would be larger than what is verified."""

    code = "package_too_large"
    what = "it would have more than {what}"
    fix = "Pack orders or claims one by one; where a .zip is too small, name a folder"


class TsaUnreachable(Refusal):
    """A timestamp authority did not answer."""

    code = "tsa_unreachable"
    what = "it gave no timestamp: {reason}"
    fix = "Check the address and the network, and try again; without --tsa the package has no timestamp"
