"""Why somebody may not come in, or may not be let in."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadCredential(Refusal):
    """A credential lets nobody in: it has no such form, names nothing, or its secret is another."""

    code = "bad_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("凭证无效", "this credential lets nobody in")
    fix = Text(
        "请核对所发送的密钥或会话；遗失的密钥无法找回，请换发",
        "Check which key or session is sent; a lost key is not found again: have another one issued",
    )


class ExpiredCredential(Refusal):
    """A key or a session was right, and its time is over."""

    code = "expired_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("此凭证已于 {at} 到期", "this credential ended at {at}")
    fix = Text("密钥到期请换发；会话到期请重新登录", "Have the key replaced, or sign in again")


class RevokedCredential(Refusal):
    """A key or a session was right, and somebody ended it."""

    code = "revoked_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("此凭证已被撤销", "this credential was ended by somebody")
    fix = Text(
        "请重新登录，或向管理密钥的人查询原因",
        "Sign in again, or ask whoever manages the keys for the reason",
    )


class RoleNotGiven(Refusal):
    """A role is asked for that is not given to such as these."""

    code = "role_not_given"
    sort = Sort.MALFORMED
    what = Text("此处不授予角色“{role}”", "the role {role} is not given here")
    fix = Text("可授予：{given}", "Give one of these: {given}")


class OwnerUnfit(Refusal):
    """The role of one that trades comes without its owner, or another role with one."""

    code = "owner_unfit"
    sort = Sort.MALFORMED
    what = Text("角色“{role}”与所填归属不符", "the role {role} does not go with this owner")
    fix = Text(
        "商家、消费者角色须填其编号；其他角色不填",
        "Name the merchant or the consumer for these two roles, and nobody for all others",
    )


class BadPersonId(Refusal):
    """An account that people could read as another one, or that is too long."""

    code = "bad_person_id"
    sort = Sort.MALFORMED
    what = Text("{id!r} 不能作为账号", "{id!r} is no account")
    fix = Text(
        "请用最多 {most} 个字符，只用小写与半角：行为人按人的读法比对",
        "Use up to {most} characters, small letters of plain width: people are compared as they read",
    )


class NotDrawn(Refusal):
    """The id or the hash of a secret is not one that a door draws."""

    code = "not_drawn"
    sort = Sort.MALFORMED
    what = Text(
        "未附由系统生成的编号和密钥散列", "it comes without an id and a secret's hash that were drawn for it"
    )
    fix = Text(
        "请经命令行（holdfast access）或服务的相应接口提出：密钥由其生成，只显示一次",
        "Ask by holdfast access, or by the service: they draw the secret, and show it once",
    )


class BadHash(Refusal):
    """What should be the hash of a password is none."""

    code = "bad_password_hash"
    sort = Sort.MALFORMED
    what = Text("所附不是 Argon2id 散列", "it is no hash by Argon2id")
    fix = Text("请经命令行或服务设置密码", "Set the password by holdfast access, or by the service")


class LastsTooLong(Refusal):
    """A length of time is too short to be meant, or too long."""

    code = "lasts_too_long"
    sort = Sort.MALFORMED
    what = Text("所填时长不在允许范围内", "this length of time is out of range")
    fix = Text("最短一秒，最长 {days} 天", "From a second up to {days} days")


class NoLabel(Refusal):
    """A key or a passkey without a name that people know it by."""

    code = "no_label"
    sort = Sort.MALFORMED
    what = Text("没有填写名称，或名称过长", "it has no label, or too long a one")
    fix = Text(
        "请写明由谁使用、作何用途，最多 {most} 个字符",
        "Say what it is used for, and by whom, in up to {most} characters",
    )


class NoScope(Refusal):
    """A key that may do nothing."""

    code = "no_scope"
    sort = Sort.MALFORMED
    what = Text("没有填写权限范围", "it has no scope")
    fix = Text("请填读取、写入，或两者", "Give it read, write or both")


class BadPasskey(Refusal):
    """What should be a passkey is none."""

    code = "bad_passkey"
    sort = Sort.MALFORMED
    what = Text("所附不是通行密钥", "it is no passkey")
    fix = Text("请经服务登记通行密钥", "Register a passkey by the service")


class KeyOver(Refusal):
    """A key has expired, was revoked, or has been replaced already."""

    code = "key_over"
    sort = Sort.CONFLICT
    what = Text("此密钥已失效，或已换发", "this key opens no more, or was replaced already")
    fix = Text("请另发新密钥", "Issue another key")


class RoleDiffers(Refusal):
    """The role that is said is not the one that there is."""

    code = "role_differs"
    sort = Sort.CONFLICT
    what = Text("其角色为“{role}”", "its role is {role}")
    fix = Text(
        "请按现有角色重新提出：由谁决定取决于角色", "Ask again for the role as it is: it says who decides"
    )


class NotForOneself(Refusal):
    """A person is to raise itself, or to end its own suspension."""

    code = "not_for_oneself"
    sort = Sort.FORBIDDEN
    what = Text("{person} 不能为自己作此决定", "{person} does not decide this about itself")
    fix = Text("请由他人提出", "Let somebody else ask for it")


class NotYourself(Refusal):
    """Somebody would set up a way in for somebody else."""

    code = "not_yourself"
    sort = Sort.FORBIDDEN
    what = Text("登录方式只能由本人设置", "a way in is set up by the person itself")
    fix = Text(
        "请邀请此人：InvitePerson，由其登录后自行设置",
        "Invite the person: InvitePerson; it signs in and sets it up itself",
    )


class TooManyPasskeys(Refusal):
    """A person has as many passkeys as one may."""

    code = "too_many_passkeys"
    sort = Sort.UNMET
    what = Text("已有 {most} 个通行密钥", "there are {most} passkeys already")
    fix = Text("请先删除不用的", "Remove one that is not used any more")


class WayTaken(Refusal):
    """A passkey or an outside account is somebody's already."""

    code = "way_taken"
    sort = Sort.CONFLICT
    what = Text("此登录方式已被使用", "this way in is in use already")
    fix = Text("请先从原账号移除", "Remove it from the account that has it")


class WayGone(Refusal):
    """A passkey, an outside account or a session is not the person's, or no more."""

    code = "way_gone"
    sort = Sort.CONFLICT
    what = Text("此登录方式或会话已失效", "this way in, or session, is over")
    fix = Text("无须再做什么；登录请用其他方式", "Nothing is to be done; sign in another way")


class PersonNotActive(Refusal):
    """A suspended person would sign in."""

    code = "person_suspended"
    sort = Sort.FORBIDDEN
    what = Text("此人员已停用", "this person is suspended")
    fix = Text("请联系管理人员", "Ask whoever manages the people")


class PasskeyCopied(Refusal):
    """A passkey counts backwards: somebody may have copied it (WebAuthn §6.1.1)."""

    code = "passkey_copied"
    sort = Sort.FORBIDDEN
    what = Text("此通行密钥的计数倒退，可能被复制", "this passkey counts backwards: it may have been copied")
    fix = Text("请用其他方式登录，并删除此通行密钥", "Sign in another way, and remove this passkey")


class BadOperation(Refusal):
    """What was read is not said as an operation is named."""

    code = "bad_operation"
    sort = Sort.MALFORMED
    what = Text("未写明读取了什么，或数目为负", "it does not say what was read, or how much")
    fix = Text(
        "请填操作名称（最多 {most} 个字符）和不小于零的条数",
        "Name the operation in up to {most} characters, and zero or more rows",
    )


class BadIssuer(Refusal):
    """An identity provider is not named by its address, or the subject there is none."""

    code = "bad_issuer"
    sort = Sort.MALFORMED
    what = Text("身份提供方或其用户编号无效", "it names no identity provider, or nobody there")
    fix = Text(
        "请填以 https:// 开头的签发方地址，和该处最多 {most} 个字符的用户编号（sub）",
        "Name the issuer by its https:// address, and its subject (sub) of up to {most} characters",
    )
