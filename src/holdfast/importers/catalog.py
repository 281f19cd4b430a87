"""The goods of the generated market: titles by category, and the typical price of each category."""

from typing import NamedTuple


class Category(NamedTuple):
    """Goods of one kind. Prices are log-normal: the median in minor units (CNY), sigma of the logarithm."""

    median_minor: int
    sigma: float
    share: int
    goods: tuple[str, ...]


CATEGORIES = (
    Category(
        3_200,
        0.45,
        22,
        ("手工曲奇饼干礼盒", "云南小粒咖啡挂耳包", "东北五常大米", "每日坚果混合装", "麻辣牛肉干"),
    ),
    Category(4_900, 0.50, 20, ("纯棉四件套枕套", "加厚收纳箱", "厨房置物架", "香薰蜡烛", "珊瑚绒浴巾")),
    Category(
        8_900, 0.55, 22, ("碎花雪纺连衣裙", "高腰直筒牛仔裤", "重磅纯棉T恤", "针织开衫外套", "防晒冰袖外套")
    ),
    Category(
        12_900, 0.50, 12, ("氨基酸洁面乳套装", "补水面膜三十片", "哑光丝绒口红", "防晒霜SPF50", "护手霜礼盒")
    ),
    Category(
        15_900,
        0.50,
        9,
        ("儿童积木拼装玩具", "婴儿纯棉连体衣", "宝宝学步鞋", "绘本故事书全套", "儿童保温水杯"),
    ),
    Category(
        21_900, 0.50, 8, ("透气网面跑步鞋", "加厚瑜伽垫套装", "户外折叠露营椅", "羽毛球拍双拍", "骑行头盔")
    ),
    Category(34_900, 0.50, 5, ("破壁料理机", "空气炸锅大容量", "无线吸尘器", "恒温电热水壶", "落地循环扇")),
    Category(
        38_900,
        0.45,
        2,
        ("无线降噪蓝牙耳机", "机械键盘热插拔", "智能手表心率款", "便携显示器", "移动电源快充"),
    ),
)
"""Cheapest first; `share` is the number of merchants in a hundred."""

PRICIEST = CATEGORIES[-1]
"""The category of merchants that mean to run away: small, dear goods, easily sold on."""

STYLES = ("新款", "官方正品", "热卖", "家用", "升级版", "限量", "精选", "高颜值", "学生党", "送礼")
"""The adjectives before the goods' name in a listing's title."""
