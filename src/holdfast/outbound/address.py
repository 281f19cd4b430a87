"""Which URLs are asked at all: http or https, a host, and no password."""

from urllib.parse import SplitResult, urlsplit

from holdfast.kernel.text import Text


class BadUrl(ValueError):  # noqa: N818 - what was named; callers turn it into a refusal of theirs
    """A text is no URL that can be asked. What is `told` says why."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


def split(url: str) -> SplitResult:
    """Return the parts of a URL that can be asked.

    Raises:
        BadUrl: it is none, is of another scheme, has a password, or is not printable ASCII.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl(Text(f"不是网址：{error}", f"it is no URL: {error}")) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BadUrl(
            Text(
                "开头不是 http:// 或 https:// 和主机", "it does not begin with http:// or https:// and a host"
            )
        )
    if "@" in parts.netloc:
        raise BadUrl(Text("其中不得有密码", "it has no password"))
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl(Text("网址应为可打印的 ASCII", "a URL is printable ASCII"))
    return parts


def prefix(url: str) -> SplitResult:
    """Return the parts of a URL below which files or services are.

    Raises:
        BadUrl: it is none, or has a query or a fragment, below which nothing can be.
    """
    parts = split(url)
    if parts.query or parts.fragment:
        raise BadUrl(
            Text("作为前缀的网址不得有查询和片段", "what something is below has no query and no fragment")
        )
    return parts
