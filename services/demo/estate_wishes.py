"""The wishes of the demo estate: some in every state, more than twenty fulfilled this year."""

from functools import cache

from services.demo.estate import (
    RESIDENT_NUMBER,
    VOLUNTEER_NUMBER,
    Person,
    estate,
    seeded_int,
    seeded_shuffle,
)
from services.demo.planned_wishes import PlannedAction, PlannedWish, TakerKind

# Title, details, the taker's note on delivery, the wisher's thanks, minutes of work.
_FULFILLED: tuple[tuple[str, str, str, str, int], ...] = (
    (
        "换一个厨房的灯泡",
        "灯泡坏了一周，凳子太高不敢爬。",
        "换了节能灯，顺手擦了灯罩。",
        "亮堂多了，谢谢！",
        25,
    ),
    (
        "想学会用手机视频通话",
        "孙子在外地，想看看他。",
        "教会了视频通话，写了一张大字步骤。",
        "今晚就看到孙子了。",
        60,
    ),
    (
        "帮忙把旧衣柜搬下楼",
        "一个人搬不动，在四楼。",
        "两个人一起搬到了楼下回收点。",
        "小伙子们辛苦了。",
        50,
    ),
    (
        "陪我去医院做一次复查",
        "腿脚不便，挂号机不会用。",
        "陪同挂号、检查、取药，送回家。",
        "比自己的孩子还细心。",
        180,
    ),
    (
        "修一修漏水的水龙头",
        "滴了半个月，水费都多了。",
        "换了阀芯，试了不再滴水。",
        "一滴都不漏了。",
        40,
    ),
    (
        "想给老伴理一次发",
        "老伴卧床，去不了理发店。",
        "上门理发、修面。",
        "老伴精神多了，感谢。",
        45,
    ),
    ("代买一袋米和一桶油", "这几天腿疼，提不动。", "送到家里，放进了厨房。", "及时雨！", 30),
    (
        "孩子想有人辅导数学",
        "四年级，分数总是弄不懂。",
        "讲了分数的三种题型，做了练习。",
        "孩子说听懂了。",
        90,
    ),
    ("写一副春联", "往年是自己写，今年手抖。", "写了两副，贴好了大门的。", "字写得好，喜庆。", 40),
    ("帮忙安装床边扶手", "夜里起床怕摔。", "装好并试了承重。", "夜里踏实了。", 60),
    (
        "想要几本大字的旧书",
        "眼睛花，小字看不清。",
        "送来六本大字书和一个放大镜。",
        "够看一个冬天。",
        30,
    ),
    ("缝补一件棉袄", "袖口开线，舍不得扔。", "袖口和口袋都缝好了。", "针脚真细。", 70),
    ("教我用手机缴电费", "总要跑营业厅。", "一起缴了一次，又让他自己缴了一次。", "会了会了！", 45),
    (
        "清理阳台上的杂物",
        "堆了几年，怕起火。",
        "清了三大袋，通道腾出来了。",
        "阳台能晒太阳了。",
        120,
    ),
    ("帮忙给轮椅打气", "轮胎瘪了，推不动。", "打好气，上了油。", "推着轻快。", 20),
    ("陪我下一盘象棋", "老棋友搬走了。", "下了三盘，一比二。", "下次再来！", 90),
    ("窗户关不严，想修一修", "冬天漏风。", "调了合页，贴了密封条。", "不漏风了。", 50),
    (
        "借一张小孩的旧书桌",
        "刚搬来，孩子没地方写字。",
        "送来一张旧书桌，擦干净装好了。",
        "孩子高兴得很。",
        60,
    ),
    (
        "量血压的机器不会用",
        "女儿寄来的，说明书看不懂。",
        "教会使用，做了记录本。",
        "每天都量。",
        40,
    ),
    ("取一个大件快递", "在驿站，四十斤，拿不动。", "用小推车送到家门口。", "太快了。", 25),
    (
        "给独居老人送一顿热饭",
        "感冒了，两天没做饭。",
        "送来粥和两个小菜，坐了一会儿。",
        "心里暖。",
        60,
    ),
    (
        "门锁转不动，请帮忙看看",
        "每次开门要好几分钟。",
        "上油后顺了，换了一颗螺丝。",
        "一拧就开。",
        30,
    ),
    ("给孩子找一辆旧童车", "小区里应该有人用不着了。", "擦洗干净，送到家里。", "谢谢邻居们。", 35),
    (
        "楼道的灯不亮，想请人看看",
        "晚上上楼看不清。",
        "联系物业换了感应灯，已经亮了。",
        "晚上不怕了。",
        45,
    ),
)
_REFUSED_ONCE_INDEX, _OLDEST_WISH_DAYS = 4, 150
_PARTNER_INDEXES, _STATION_INDEXES = (5, 11), (23,)

# Title, details, state, note of the last action, kind of the taker.
_UNFINISHED: tuple[tuple[str, str, str, str, TakerKind], ...] = (
    ("想请人调一调收音机", "只有沙沙声，想听戏。", "posted", "", "volunteer"),
    ("帮忙挂一幅全家福", "墙太硬，钉不进去。", "posted", "", "volunteer"),
    ("想有人一起去公园走走", "膝盖刚好，不敢一个人走远。", "posted", "", "volunteer"),
    ("给阳台的花换换土", "花盆太重。", "posted", "", "volunteer"),
    ("教我在手机上挂号", "下个月要去看眼睛。", "open", "", "volunteer"),
    ("修一把摇晃的椅子", "坐着怕摔。", "open", "", "volunteer"),
    ("想要一根旧拐杖", "原来的裂了。", "open", "", "volunteer"),
    ("帮忙把冬被拿到楼下晒", "被子沉，电梯口风大。", "open", "", "volunteer"),
    ("找人教我包粽子", "刚搬来，想学本地的包法。", "open", "", "volunteer"),
    ("给孩子讲讲怎么写作文", "五年级，一写就是三行。", "open", "", "volunteer"),
    ("修理吱呀响的衣柜门", "夜里一开门全家都醒。", "given back", "", "volunteer"),
    ("想学用智能电视", "遥控器按来按去没有台。", "claimed", "", "volunteer"),
    ("帮忙换煤气灶电池", "打不着火。", "claimed", "", "volunteer"),
    ("修剪一下头发", "腿脚不便，出不了门。", "claimed", "", "partner"),
    ("楼下台阶太滑，想铺防滑垫", "下雨天摔过一次。", "claimed", "", "station"),
    ("帮忙磨两把菜刀", "切菜费劲。", "delivered", "两把都磨好了。", "volunteer"),
    (
        "给老照片翻拍一张电子版",
        "怕再过几年看不清。",
        "delivered",
        "拍了十二张，传到了手机上。",
        "volunteer",
    ),
    ("上门量一次血糖", "这几天头晕。", "delivered", "量好了，记在本子上。", "partner"),
    (
        "想要一台新的洗衣机",
        "旧的坏了。",
        "declined",
        "微心愿帮得了小忙；可以到窗口申请困难家庭补助。",
        "volunteer",
    ),
    (
        "请把楼上的噪音管一管",
        "每晚十点以后有响声。",
        "declined",
        "这是邻里调解的事，窗口已经登记，会上门了解。",
        "volunteer",
    ),
    ("找一只走失的花猫", "三天没回来了。", "withdrawn", "", "volunteer"),
    ("借一个电钻", "想装一个架子。", "withdrawn", "", "volunteer"),
    (
        "想在楼顶种菜",
        "顶楼空着可惜。",
        "answered",
        "楼顶不能承重；东侧空地正在议共享菜园，已替您报名。",
        "volunteer",
    ),
    (
        "想有一趟去市里的直达车",
        "转两次车太累。",
        "answered",
        "已经转交公交公司，答复是明年线路调整时一并考虑。",
        "volunteer",
    ),
)


@cache
def wishes() -> tuple[PlannedWish, ...]:
    """Return the demo's wishes, the oldest first."""
    planned = [*(_fulfilled_wish(index) for index in range(len(_FULFILLED)))]
    planned += [_unfinished_wish(index) for index in range(len(_UNFINISHED))]
    return tuple(sorted(planned, key=lambda wish: -wish.posted_days_ago))


@cache
def _makers() -> tuple[Person, ...]:
    """Return elderly heads of households who neither help nor are reserved for visitors."""
    people = {p.number: p for p in estate().people if p.is_head and p.birth_year <= 1966}
    busy = {
        RESIDENT_NUMBER,
        VOLUNTEER_NUMBER,
        *(helper.person.number for helper in estate().helpers),
    }
    return tuple(
        people[number] for number in seeded_shuffle("maker", [n for n in people if n not in busy])
    )


def _taker(index: int) -> Person:
    """Return the volunteer for a wish; some volunteers take more wishes than others."""
    takers = estate().takers
    return takers[(index * 5 + seeded_int(f"taker {index}", 3)) % len(takers)]


def _fulfilled_wish(index: int) -> PlannedWish:
    title, details, note, thanks, minutes = _FULFILLED[index]
    posted = _OLDEST_WISH_DAYS - index * 5.7 - seeded_int(f"posted {index}", 40) / 10
    kind: TakerKind = (
        "partner"
        if index in _PARTNER_INDEXES
        else "station"
        if index in _STATION_INDEXES
        else "volunteer"
    )
    actions = [
        PlannedAction("approve", posted - 0.4),
        PlannedAction("claim", posted - 1.6),
        PlannedAction("deliver", posted - 3.2, note),
    ]
    if index == _REFUSED_ONCE_INDEX:
        actions += [
            PlannedAction("refuse", posted - 3.6, "还有一点滴水。"),
            PlannedAction("deliver", posted - 4.1, note),
        ]
    actions.append(PlannedAction("confirm", posted - 4.8, thanks))
    return PlannedWish(
        title=title,
        details=details,
        maker=_makers()[index],
        posted_days_ago=posted,
        actions=tuple(actions),
        taker_kind=kind,
        taker=_taker(index) if kind == "volunteer" else None,
        minutes=minutes,
    )


def _unfinished_wish(index: int) -> PlannedWish:
    title, details, state, note, kind = _UNFINISHED[index]
    posted = 3.0 + seeded_int(f"under way {index}", 30) / 10
    approve, claim = PlannedAction("approve", posted - 0.5), PlannedAction("claim", posted - 1.2)
    actions_by_state: dict[str, tuple[PlannedAction, ...]] = {
        "posted": (),
        "open": (approve,),
        "given back": (
            approve,
            claim,
            PlannedAction("give_back", posted - 1.9, "要用电钻，我没有。"),
        ),
        "claimed": (approve, claim),
        "delivered": (approve, claim, PlannedAction("deliver", posted - 2.3, note)),
        "declined": (PlannedAction("decline", posted - 0.7, note),),
        "withdrawn": (approve, PlannedAction("withdraw", posted - 1.1)),
        "answered": (approve, PlannedAction("answer", posted - 2.2, note)),
    }
    return PlannedWish(
        title=title,
        details=details,
        maker=_makers()[len(_FULFILLED) + index],
        posted_days_ago=posted,
        actions=actions_by_state[state],
        taker_kind=kind,
        taker=_taker(len(_FULFILLED) + index) if kind == "volunteer" else None,
    )
