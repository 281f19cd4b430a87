"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.webhooks.model import (
    DeliveriesReplayed,
    EndpointChanged,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRegistered,
    EndpointRemoved,
    EndpointTried,
    SecretRotated,
)

WORDS: Mapping[type[FactBody], Text] = {
    DeliveriesReplayed: Text(
        "{actor}要求向回调地址 {endpoint_id} 重发事实",
        "{actor} had facts sent to the endpoint {endpoint_id} again",
    ),
    EndpointChanged: Text(
        "{actor}更改回调地址 {endpoint_id}：现为 {host}，此前为 {was_host}",
        "{actor} changed the endpoint {endpoint_id}: it is at {host}, and was at {was_host}",
    ),
    EndpointDisabled: Text(
        "回调地址 {endpoint_id} 停用：{why}",
        "the endpoint {endpoint_id} is disabled, {why}",
    ),
    EndpointEnabled: Text(
        "{actor}重新启用回调地址 {endpoint_id}",
        "{actor} enabled the endpoint {endpoint_id} again",
    ),
    EndpointRegistered: Text(
        "{actor}登记回调地址 {endpoint_id}（{host}）",
        "{actor} registered the endpoint {endpoint_id} at {host}",
    ),
    EndpointRemoved: Text(
        "{actor}移除回调地址 {endpoint_id}",
        "{actor} removed the endpoint {endpoint_id}",
    ),
    EndpointTried: Text(
        "{actor}测试回调地址 {endpoint_id}",
        "{actor} tries the endpoint {endpoint_id}",
    ),
    SecretRotated: Text(
        "{actor}为回调地址 {endpoint_id} 更换签名密钥（{scheme}）",
        "{actor} gave the endpoint {endpoint_id} a new signing key ({scheme})",
    ),
}
