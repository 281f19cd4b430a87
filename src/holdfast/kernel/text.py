"""Words for people, in 中文 and in English: they stand beside what they name."""

from typing import NamedTuple


class Text(NamedTuple):
    """The same in both languages.

    Places in braces are filled with fields of what is told, `{actor}` with who acted.
    """

    zh: str
    en: str
