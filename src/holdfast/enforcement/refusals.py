"""Refusals of enforcement: why a merchant may not be declared absconded."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class SamePerson(Refusal):
    """One person cannot condemn alone."""

    code = "same_person"
    sort = Sort.FORBIDDEN
    what = Text("{person} 此前已宣告过", "{person} has declared it before")
    fix = Text("须由另一人审查此案并作出宣告", "Another person must look at the case and declare it too")


class NotTheDeclarer(Refusal):
    """Only a person who declared can withdraw."""

    code = "not_the_declarer"
    sort = Sort.FORBIDDEN
    what = Text("{person} 不是宣告人", "{person} did not declare it")
    fix = Text("请由 {declarer} 撤回", "Let {declarer} withdraw it")
