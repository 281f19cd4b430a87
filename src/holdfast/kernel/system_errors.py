"""What the operating system says went wrong, in both languages.

The sentences are those of `strerror`, whose language a process has from its surroundings: these have not.
"""

import errno
import os

from holdfast.kernel.text import Text, same

_SAID: dict[int, Text] = {
    errno.EACCES: Text("没有权限", "permission denied"),
    errno.EBUSY: Text("设备或资源正忙", "device or resource busy"),
    errno.EDQUOT: Text("超出磁盘配额", "disk quota exceeded"),
    errno.EEXIST: Text("文件已存在", "file exists"),
    errno.EFBIG: Text("文件过大", "file too large"),
    errno.EINVAL: Text("参数无效", "invalid argument"),
    errno.EIO: Text("输入输出错误", "input/output error"),
    errno.EISDIR: Text("是文件夹", "is a directory"),
    errno.ELOOP: Text("符号链接层次过多", "too many levels of symbolic links"),
    errno.EMFILE: Text("打开的文件过多", "too many open files"),
    errno.ENAMETOOLONG: Text("文件名过长", "file name too long"),
    errno.ENFILE: Text("系统中打开的文件过多", "too many open files in system"),
    errno.ENODEV: Text("没有此设备", "no such device"),
    errno.ENOENT: Text("没有此文件或文件夹", "no such file or directory"),
    errno.ENOMEM: Text("内存不足", "cannot allocate memory"),
    errno.ENOSPC: Text("磁盘空间不足", "no space left on device"),
    errno.ENOTDIR: Text("不是文件夹", "not a directory"),
    errno.ENOTEMPTY: Text("文件夹不是空的", "directory not empty"),
    errno.ENXIO: Text("没有此设备或地址", "no such device or address"),
    errno.EPERM: Text("不允许此操作", "operation not permitted"),
    errno.EROFS: Text("文件系统只读", "read-only file system"),
}


class SaidError(OSError):
    """What the product itself says of a file or a host, where the operating system would say less."""

    def __init__(self, told: Text, about: str, number: int | None = None) -> None:
        super().__init__(number, told.en, about)
        self.told = told


def told_by_system(error: BaseException) -> Text:
    """Return what went wrong; of what is not known here, the system's own words in both languages.

    >>> told_by_system(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    Text(zh='没有此文件或文件夹', en='no such file or directory')
    >>> told_by_system(OSError("Something else")).zh
    'Something else'
    """
    if isinstance(error, SaidError):
        return error.told
    if not isinstance(error, OSError):
        return same(error)
    if error.errno is not None and error.strerror in {None, os.strerror(error.errno)}:
        return _SAID.get(error.errno) or same(os.strerror(error.errno).lower())
    return same(error.strerror.lower() if error.strerror else error)
