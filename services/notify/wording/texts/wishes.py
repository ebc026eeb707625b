"""The templates about wishes, for the resident and the taker of a wish."""

from services.notify.wording.template import Template, TemplateText

TEMPLATES: dict[str, Template] = {
    "wish.posted": Template(
        "wishes",
        zh=TemplateText(
            "您的心愿收到了",
            "谢谢您告诉我们“{{ title }}”。服务站会尽快看一看，有消息马上告诉您。",
        ),
        en=TemplateText(
            "We have your wish",
            "Thank you for telling us about “{{ title }}”. The station will look at it soon and"
            " let you know.",
        ),
    ),
    "wish.opened": Template(
        "wishes",
        zh=TemplateText(
            "您的心愿发布了",
            "“{{ title }}”已经发布，愿意帮忙的邻居都能看到。有人接下，我们马上告诉您。",
        ),
        en=TemplateText(
            "Your wish is published",
            "Neighbours who like to help can see “{{ title }}” now. We will tell you as soon as"
            " somebody takes it.",
        ),
    ),
    "wish.declined": Template(
        "wishes",
        zh=TemplateText(
            "您的心愿这次没能发布",
            "很抱歉，“{{ title }}”这次没能发布。请来服务站坐坐，或者打个电话，我们一起想别的办法。",
            "很抱歉，心愿“{{ title | short(12) }}”没能发布。请来服务站或打电话，我们一起想办法。",
        ),
        en=TemplateText(
            "Your wish could not be published",
            "We are sorry: “{{ title }}” could not be published this time. Please come by or call"
            " the station, and we will look for another way together.",
            'Sorry, your wish "{{ title | short(24) }}" could not be published. Please come by or'
            " call, and we will find another way.",
        ),
    ),
    "wish.claimed.resident": Template(
        "wishes",
        zh=TemplateText(
            "有人来帮您了",
            "“{{ title }}”有人接下了："
            "{% if taker_kind == 'volunteer' %}一位志愿者"
            "{% elif taker_kind == 'partner' %}一家共建单位{% else %}服务站{% endif %}"
            "会和您联系，请您放心。",
            "您的心愿“{{ title | short(12) }}”有人接下了，会和您联系，请放心。",
        ),
        en=TemplateText(
            "Somebody is going to help you",
            "{% if taker_kind == 'volunteer' %}A volunteer"
            "{% elif taker_kind == 'partner' %}A partner of the station"
            "{% else %}The station{% endif %}"
            " has taken “{{ title }}” and will be in touch with you.",
            'Somebody has taken your wish "{{ title | short(24) }}" and will be in touch.',
        ),
    ),
    "wish.claimed.taker": Template(
        "wishes",
        zh=TemplateText(
            "谢谢您接下这个心愿",
            "您接下了“{{ title }}”。现在可以看到住址和姓名，请先和这位邻居约好时间。"
            "{% if lease_until %}请在{{ lease_until | day_zh }}前完成。{% endif %}",
        ),
        en=TemplateText(
            "Thank you for taking this wish",
            "You have taken “{{ title }}”. You can see the home and the name now; please agree on"
            " a time first."
            "{% if lease_until %} Please finish by {{ lease_until | day_en }}.{% endif %}",
        ),
    ),
    "wish.released": Template(
        "wishes",
        zh=TemplateText(
            "正在为您另找人帮忙",
            "“{{ title }}”还没有办成，我们正在为您另找人帮忙，请您放心。",
        ),
        en=TemplateText(
            "We are looking for somebody else",
            "“{{ title }}” has not come true yet. We are looking for somebody else to help you.",
        ),
    ),
    "wish.handed-over.resident": Template(
        "wishes",
        zh=TemplateText("换人来帮您了", "“{{ title }}”换人来帮忙了，事情照常办，请您放心。"),
        en=TemplateText(
            "Somebody else will help you",
            "“{{ title }}” has passed to somebody else, and goes on as promised.",
        ),
    ),
    "wish.handed-over.taker": Template(
        "wishes",
        zh=TemplateText(
            "您接下的心愿转给了别人",
            "“{{ title }}”已经转给别人来办，您不用再跑了。谢谢您的心意。",
        ),
        en=TemplateText(
            "Your wish has passed to somebody else",
            "“{{ title }}” is in other hands now; nothing is left for you to do. Thank you for"
            " your kindness.",
        ),
    ),
    "wish.expired.taker": Template(
        "wishes",
        zh=TemplateText(
            "您接下的心愿到期了",
            "“{{ title }}”过了约定的日子，已经另找人帮忙。没关系，谢谢您的心意，欢迎下次再来。",
            "您接下的心愿“{{ title | short(12) }}”已到期，正在另找人帮忙。谢谢您的心意。",
        ),
        en=TemplateText(
            "Your time for this wish is over",
            "The time for “{{ title }}” is over, and we are looking for somebody else. Never mind:"
            " thank you, and you are welcome to take another one.",
            'Your time for the wish "{{ title | short(24) }}" is over; we are looking for somebody'
            " else. Thank you.",
        ),
    ),
    "wish.withdrawn.resident": Template(
        "wishes",
        zh=TemplateText("您的心愿收回了", "“{{ title }}”已经收回。以后有什么心愿，随时告诉我们。"),
        en=TemplateText(
            "Your wish is taken back",
            "“{{ title }}” is taken back. Whenever you have another wish, let us know.",
        ),
    ),
    "wish.withdrawn.taker": Template(
        "wishes",
        zh=TemplateText(
            "居民收回了心愿",
            "“{{ title }}”居民已经收回，您不用再跑了。谢谢您的心意。",
            "心愿“{{ title | short(12) }}”居民已经收回，您不用再跑了。谢谢您。",
        ),
        en=TemplateText(
            "The resident took the wish back",
            "The resident has taken back “{{ title }}”; nothing is left for you to do. Thank you"
            " for your kindness.",
            'The resident has taken back the wish "{{ title | short(24) }}"; nothing is left to'
            " do. Thank you.",
        ),
    ),
    "wish.delivered": Template(
        "wishes",
        zh=TemplateText(
            "请您看看，心愿办好了吗",
            "帮忙的人说“{{ title }}”办好了。办好了请您点“确认”，没办好也请告诉我们。"
            "打电话或到服务站来说也可以。",
            "“{{ title | short(12) }}”办好了吗？请上网确认，也可以打电话或到服务站说一声。",
        ),
        en=TemplateText(
            "Has your wish come true?",
            "Whoever helped says that “{{ title }}” is done. Please confirm if it is, and tell us"
            " if it isn't. You may call or come to the station as well.",
            'Has your wish "{{ title | short(24) }}" come true? Please confirm online, or call or'
            " come to the station.",
        ),
    ),
    "wish.refused": Template(
        "wishes",
        zh=TemplateText(
            "还差一点点",
            "居民说“{{ title }}”还没有办好。请您再联系一下，看看还差什么。",
            "居民说“{{ title | short(12) }}”还没办好，请您再联系一下，看看还差什么。",
        ),
        en=TemplateText(
            "Not quite done yet",
            "The resident says that “{{ title }}” is not done yet. Please get in touch once more"
            " and see what is missing.",
            'The resident says that "{{ title | short(24) }}" is not done yet. Please get in touch'
            " and see what is missing.",
        ),
    ),
    "wish.fulfilled": Template(
        "wishes",
        zh=TemplateText("心愿成真，谢谢您", "“{{ title }}”办成了，居民已经确认。邻里有您，真好。"),
        en=TemplateText(
            "A wish came true: thank you",
            "“{{ title }}” came true, and the resident confirmed it. It is good to have you as a"
            " neighbour.",
        ),
    ),
    "wish.reopened": Template(
        "wishes",
        zh=TemplateText(
            "心愿又打开了",
            "“{{ title }}”的确认撤回了，这次得到的积分会退回。请再和居民联系一下，看看还差什么。",
            "心愿“{{ title | short(12) }}”的确认撤回了，请再和居民联系一下，看看还差什么。",
        ),
        en=TemplateText(
            "The wish is open again",
            "The confirmation of “{{ title }}” was withdrawn, and the points for it go back."
            " Please get in touch with the resident and see what is missing.",
            'The confirmation of "{{ title | short(24) }}" was withdrawn. Please get in touch'
            " with the resident and see what is missing.",
        ),
    ),
    "wish.closed.taker": Template(
        "wishes",
        zh=TemplateText(
            "您接下的心愿已结束",
            "“{{ title }}”服务站已经答复居民，您不用再跑了。谢谢您的心意。",
            "心愿“{{ title | short(12) }}”服务站已答复居民，您不用再跑了。谢谢您。",
        ),
        en=TemplateText(
            "The wish you took is closed",
            "The station has answered the resident about “{{ title }}”; nothing is left for you to"
            " do. Thank you for your kindness.",
            'The station has closed the wish "{{ title | short(24) }}"; nothing is left to do.'
            " Thank you.",
        ),
    ),
    "wish.answered": Template(
        "wishes",
        zh=TemplateText(
            "服务站答复了您的心愿",
            "很抱歉，“{{ title }}”没能办成。服务站写下了答复，请您看一看，也欢迎当面来聊。",
            "服务站答复了您的心愿“{{ title | short(12) }}”，请上网查看，或来服务站聊聊。",
        ),
        en=TemplateText(
            "The station has answered your wish",
            "We are sorry that “{{ title }}” could not come true. The station has written an"
            " answer; please read it, or come by and talk to us.",
            'The station has answered your wish "{{ title | short(24) }}". Please read it online,'
            " or come by.",
        ),
    ),
}
