"""Why a market cannot be made, found or moved."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.markets.model import LIVE, LONGEST


class BadMarketName(Refusal):
    """A sandbox cannot have this name."""

    code = "bad_market_name"
    sort = Sort.MALFORMED
    what = Text("沙盒不能名为 {name!r}", "no sandbox can be called {name!r}")
    fix = Text(
        f"请用小写字母开头，小写字母、数字和其间的单个连字符，最多 {LONGEST} 个字符，且不是 {LIVE}",
        f"Begin with a small letter; small letters, digits and single hyphens between them, at most {LONGEST}"
        f" characters, and not {LIVE}",
    )


class MarketTaken(Refusal):
    """There is a market of this name, or its schema has something in it."""

    code = "market_taken"
    sort = Sort.CONFLICT
    what = Text(
        "已有名为 {name} 的市场，或其模式已被占用", "there is a market {name}, or its schema is taken"
    )
    fix = Text(
        "请另取名称；或先以 holdfast markets remove 移除它",
        "Choose another name, or remove that one first: holdfast markets remove",
    )


class NoSuchMarket(Refusal):
    """No market of this name is there, or not for this credential."""

    code = "no_such_market"
    sort = Sort.NOT_FOUND
    what = Text("没有名为 {name!r} 的市场", "there is no market {name!r}")
    fix = Text("现有市场见 holdfast markets list", "Those that there are: holdfast markets list")


class MarketIsLive(Refusal):
    """What is asked for is done to sandboxes alone."""

    code = "market_is_live"
    sort = Sort.FORBIDDEN
    what = Text("这是正式市场，不能{doing}", "this is a live market, and cannot be {doing}")
    fix = Text("只有沙盒可以如此：holdfast markets create", "Sandboxes can: holdfast markets create")


class NameNotTyped(Refusal):
    """Whoever removes a sandbox has to type its name."""

    code = "name_not_typed"
    sort = Sort.FORBIDDEN
    what = Text("没有照写名称 {name}", "its name, {name}, was not typed")
    fix = Text(
        "移除会删去其全部数据。确定如此，请加 --yes {name}",
        "To remove it deletes all that is in it. If that is meant, add --yes {name}",
    )


class UrlHasPassword(Refusal):
    """The address of a sandbox's database has a password in it, which the registry would show."""

    code = "url_has_password"
    sort = Sort.FORBIDDEN
    what = Text("地址中有密码，而登记簿人人可读", "the address has a password, and the registry is no secret")
    fix = Text(
        "请去掉密码，改由 PGPASSFILE 或 PGPASSWORD 提供",
        "Leave it out, and let PGPASSFILE or PGPASSWORD say it",
    )


class ClockRuns(Refusal):
    """The clock of this market is the machine's: nobody moves it."""

    code = "clock_runs"
    sort = Sort.FORBIDDEN
    what = Text(
        "此市场的时钟随机器走时，不能拨动", "the clock of this market is the machine's: nobody moves it"
    )
    fix = Text(
        "请用时钟由人拨动的沙盒：holdfast markets create NAME",
        "Use a sandbox whose clock is moved by hand: holdfast markets create NAME",
    )


class ClockMoving(Refusal):
    """The clock is being moved by somebody else at this moment."""

    code = "clock_moving"
    sort = Sort.NOT_YET
    what = Text("时钟正被拨动", "the clock is being moved")
    fix = Text("请等那次拨动结束后再试", "Try again when that has ended")


class ClockBackwards(Refusal):
    """A clock was to be moved to a time that is over."""

    code = "clock_backwards"
    sort = Sort.UNMET
    what = Text("时钟现为 {now}，不能拨回 {to}", "the clock is at {now}, and does not go back to {to}")
    fix = Text("请给出更晚的时间", "Name a later time")


class JumpTooFar(Refusal):
    """A clock was to be moved further at once than anybody needs."""

    code = "jump_too_far"
    sort = Sort.MALFORMED
    what = Text("一次拨动 {days} 天，最多 {most} 天", "{days} days at once; {most} are the most")
    fix = Text("请分几次拨动", "Move it in several steps")


class SchemaOfSandbox(Refusal):
    """A sandbox was to be driven by the machine's clock."""

    code = "schema_of_sandbox"
    sort = Sort.CONFLICT
    what = Text(
        "{schema} 是沙盒 {market}，其时间由它自己的时钟决定",
        "{schema} is the sandbox {market}, with its own clock",
    )
    fix = Text(
        "请在正式市场的数据库上启动服务，以测试密钥访问沙盒",
        "Serve the live market's database; its sandboxes are reached by their test keys",
    )
