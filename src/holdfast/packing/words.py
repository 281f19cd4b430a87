"""How the cover says things, in 中文; what facts say is told by `telling`, as everywhere."""

from holdfast.kernel.clock import DAY, HOUR, MINUTE, Duration

ACTIONS: dict[str, str] = {
    "captured": "取证",
    "handed_over": "移交",
    "exported": "导出",
    "viewed": "查阅",
    "copied": "复制",
    "verified": "核验",
}

MEDIA: dict[str, str] = {
    "image/jpeg": "照片（JPEG）",
    "image/png": "图片（PNG）",
    "image/gif": "动图（GIF）",
    "image/webp": "图片（WebP）",
    "image/heic": "照片（HEIC）",
    "application/pdf": "文档（PDF）",
    "video/mp4": "视频（MP4）",
    "video/quicktime": "视频（MOV）",
    "audio/mpeg": "录音（MP3）",
    "audio/wav": "录音（WAV）",
    "audio/amr": "录音（AMR）",
    "application/ogg": "音视频（Ogg）",
    "application/zip": "压缩包（ZIP，未打开）",
    "application/json": "数据（JSON）",
    "text/html": "网页（HTML）",
    "text/plain": "文本",
}


def span(duration: Duration) -> str:
    """Say how long something took, in its two largest units."""
    if duration < MINUTE:
        return "不到 1 分钟"
    parts = [
        (duration // DAY, "天"),
        (duration % DAY // HOUR, "小时"),
        (duration % HOUR // MINUTE, "分钟"),
    ]
    while not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)
