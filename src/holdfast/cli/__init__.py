"""The command line. Data goes to stdout, progress and refusals to stderr; exit codes are in `problems`.

The modules of a command are imported when it is run, and Ctrl-C is handled before anything is imported.

- `commands`: the program that the files in `COMMANDS` below make up, one a command
- `lab_attack`: `holdfast lab attack`; `policy_pages`: the versions of the policy as files to be published
- `access_keys`, `access_people`, `access_asking`: keys of machines, people, and how either is asked for
- `show_pages`: facts and rows page by page; `people`: who decides; `proposed`: what waits
  for a second person
- `places`, `options`, `lab_options`: options that several commands have
- `writable`: files refused early
- `webhook_pages`: how endpoints stand, and what became of attempts
- `networks`: networks of one's own that facts may be sent to
- `reading`: a live database, opened for reading; `erasures`: where the list of erasures is
- `replaying`, `importing`, `worker`: the long jobs; `progress`: how far they are
- `problems`: messages, exit codes
- `figures`, `lab_figures`, `lab_columns`, `lab_table`: their results, for a terminal, in Markdown
- `documents`: a result as JSON; `ending`: how a command that goes on is ended
"""

from holdfast.kernel import interrupt

TYPE_CHECKING = False  # `typing` takes longer to import than all of this

if TYPE_CHECKING:
    from holdfast.cli.commands import app

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: dict[str, tuple[str, str, str]] = {
    "replay": (
        "replay:replay",
        "回放一个市场的历史：现状下与各项规则下，消费者各损失多少。",
        "Run a market's history through the engine: consumers' losses today, and under our policies.",
    ),
    "import": (
        "import_:import_",
        "读入电商平台导出的订单：说明怎样读、缺什么，写成统一的格式。",
        "Read exports of marketplaces: explain how, ask for missing details, write one plain form.",
    ),
    "audit": (
        "audit:audit",
        "核对数据库中账目的每一条不变量，并说明核对了什么。",
        "Check every invariant of the books on a live database, and list the checks.",
    ),
    "show": (
        "show:app",
        "讲述一个订单、商家或账户的经过。",
        "Tell the story of an order, a merchant or an account.",
    ),
    "tasks": (
        "tasks:tasks",
        "待办事项：何事、涉及谁、多少金额、何时到期、可如何处理。",
        "List the tasks that wait for people: whose, how much, until when, and the commands that may answer.",
    ),
    "policy": (
        "policy:app",
        "规则的历史版本：何时生效、内容如何、公开供人阅览下载。",
        "The versions of the policy: which was in force when, with its text; for anybody to read.",
    ),
    "evidence": (
        "evidence:app",
        "证据：按哈希登记文件，打包移交。",
        "Evidence: record files by their hashes, hand them over.",
    ),
    "trail": (
        "trail:app",
        "全部事实的日志：建立、续写、查看。",
        "The log of all facts: make it, keep it going, look at it.",
    ),
    "receipt": (
        "receipt:receipt",
        "写出某条事实的收据和原文，供 holdfast verify 核验。",
        "Write FACT.tlog-proof, its receipt, and FACT.json, which opens it, for `holdfast verify`.",
    ),
    "erase": (
        "erase:erase",
        "哪些密钥可以销毁、哪些依法保留；--destroy 予以销毁。",
        "Tell which keys of SUBJECT may be destroyed and which the law keeps; with --destroy, destroy them.",
    ),
    "verify": (
        "verify:verify",
        "收据、树头、承诺、证据包证明什么、不证明什么：不联网，不轻信。",
        (
            "Say what receipts, checkpoints, promises and packages prove and what not: offline, "
            "believing nobody."
        ),
    ),
    "witness": (
        "witness:witness",
        "见证日志：只增不改才联署。",
        "Cosign the heads of logs that only grew, until Ctrl-C or SIGTERM; print the witness's vkey first.",
    ),
    "monitor": (
        "monitor:monitor",
        "监督一本日志：重算其根，比对各处的树头，检查事实是否合规。",
        (
            "Rebuild a log's root from its entries, compare its heads in several places, and check "
            "the facts' rules."
        ),
    ),
    "serve": (
        "serve:serve",
        "提供 HTTP 接口：命令与查询，到期的事项也在其中发生；常驻运行，仅限本机访问。",
        "Serve the HTTP API on this machine, and let what is due happen: until it is stopped.",
    ),
    "worker": (
        "worker:worker",
        "让到期的事项发生、向回调地址投递、续写日志、向支付机构请求：常驻运行，可以多个并行。",
        "Let deadlines happen, send facts to webhooks, keep the log, ask the provider; several may run.",
    ),
    "webhooks": (
        "webhooks:app",
        "回调：登记接收事实的地址，查看投递，重发。",
        "Endpoints that facts are sent to: add, list, change, sign, send again, and what became of it.",
    ),
    "access": (
        "access:app",
        "谁可以进入：程序的密钥，人员，及其登录方式。",
        "Who may come in: keys of machines, people, and how they sign in.",
    ),
    "markets": (
        "markets:app",
        "沙盒：与正式市场分开的试用市场，各有自己的数据与时钟；列出、建立、移除。",
        "Sandboxes: markets for trials, each with its own data and clock; list, create and remove them.",
    ),
    "clock": (
        "clock:app",
        "核对本机时钟与最新事实的时间，并确认其无误。",
        "Compare this machine's clock with the newest fact's time, or confirm that it is right.",
    ),
    "db": (
        "db:app",
        "数据库：内嵌的，或自备的 PostgreSQL。",
        "The database: embedded, or a PostgreSQL server of your own.",
    ),
    "lab": (
        "lab:app",
        "在有人作恶的市场里比较各项放款规则。",
        "Compare release policies on a market with adversaries.",
    ),
    "bench": (
        "bench:app",
        "测量在本机上的速度。",
        "Measure how fast it is, on this machine.",
    ),
}
"""Each command: where it is (a function, or an app with commands), and its summary, in 中文 and English.

The help of the whole is written from here: to import all commands takes two seconds.
"""


def main() -> None:
    """Run the command that was asked for, and end with its exit code."""
    interrupt.mind()
    from holdfast.cli.commands import run  # noqa: PLC0415 - it takes 0.2 s

    run()


def __getattr__(name: str) -> object:
    if name != "app":
        raise AttributeError(name)
    from holdfast.cli.commands import app  # noqa: PLC0415 - see `main`

    return app
