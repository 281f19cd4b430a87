"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.access.keys import KeyIssued, KeyRevoked, KeyRotated
from holdfast.access.people import (
    IdentityLinked,
    PersonEnrolled,
    PersonInvited,
    PersonReinstated,
    PersonSuspended,
    RoleChanged,
)
from holdfast.access.ways import (
    IdentityUnlinked,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordSet,
    RecordsRead,
    SessionBegun,
    SessionEnded,
    SessionsEnded,
    SignInLocked,
)
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    IdentityLinked: Text(
        "{actor}允许人员 {person_id} 以 {issuer} 的账号登录",
        "{actor} let {person_id} sign in by an account at {issuer}",
    ),
    IdentityUnlinked: Text(
        "{actor}不再允许人员 {person_id} 以 {issuer} 的账号登录",
        "{actor} took the account at {issuer} away from {person_id}",
    ),
    KeyIssued: Text(
        "{actor}发放密钥 {key_id}，角色：{role}",
        "{actor} issued the key {key_id}, for the role {role}",
    ),
    KeyRevoked: Text(
        "{actor}撤销密钥 {key_id}：{reason}",
        "{actor} revoked the key {key_id}: {reason}",
    ),
    KeyRotated: Text(
        "{actor}将密钥 {key_id} 换发为 {replaced_by}；旧密钥用至 {until}",
        "{actor} rotated the key {key_id} to {replaced_by}; the old one opens until {until}",
    ),
    PasskeyAdded: Text(
        "{actor}为人员 {person_id} 登记通行密钥",
        "{actor} added a passkey of {person_id}",
    ),
    PasskeyRemoved: Text(
        "{actor}移除人员 {person_id} 的通行密钥",
        "{actor} removed a passkey of {person_id}",
    ),
    PasswordSet: Text(
        "人员 {person_id} 设置了密码",
        "{person_id} set a password",
    ),
    PersonEnrolled: Text(
        "{actor}登记人员 {person_id}，角色：{role}",
        "{actor} enrolled {person_id}, in the role {role}",
    ),
    PersonInvited: Text(
        "{actor}邀请人员 {person_id} 登录一次以设置登录方式，至 {until} 有效",
        "{actor} invited {person_id} to sign in once and set up a way in, until {until}",
    ),
    PersonReinstated: Text(
        "{actor}恢复人员 {person_id}",
        "{actor} ended the suspension of {person_id}",
    ),
    PersonSuspended: Text(
        "{actor}停用人员 {person_id}：{reason}",
        "{actor} suspended {person_id}: {reason}",
    ),
    RecordsRead: Text(
        "{actor}查阅：{operation}，共 {rows} 条",
        "{actor} read {rows} rows by {operation}",
    ),
    RoleChanged: Text(
        "{actor}将人员 {person_id} 的角色由“{was}”改为“{role}”",
        "{actor} changed the role of {person_id} from {was} to {role}",
    ),
    SessionBegun: Text(
        "人员 {person_id} 登录，方式：{method}",
        "{person_id} signed in, by {method}",
    ),
    SessionEnded: Text(
        "人员 {person_id} 的一次会话结束",
        "a session of {person_id} ended",
    ),
    SessionsEnded: Text(
        "{actor}结束人员 {person_id} 的全部会话",
        "{actor} ended all sessions of {person_id}",
    ),
    SignInLocked: Text(
        "人员 {person_id} 的密码连续错误 {failures} 次，至 {until} 不再受理密码登录",
        "{failures} wrong passwords in a row for {person_id}: none is looked at until {until}",
    ),
}
