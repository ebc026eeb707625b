"""The templates about events, for participants."""

from services.notify.wording.template import Template, TemplateText

TEMPLATES: dict[str, Template] = {
    "event.joined": Template(
        "events",
        zh=TemplateText(
            "报名成功",
            "您报名了“{{ title }}”，{{ starts_at | when_zh }}，地点：{{ place }}。"
            "{% if role == 'helper' %}谢谢您来帮忙{% else %}欢迎您来参加{% endif %}！"
            "要是来不了，请提前告诉我们，把名额让给别的邻居。",
            "您报名了“{{ title | short(12) }}”，{{ starts_at | when_zh }}，"
            "{{ place | short(10) }}，"
            "{% if role == 'helper' %}谢谢您来帮忙{% else %}欢迎您来{% endif %}。"
            "来不了请说一声。",
        ),
        en=TemplateText(
            "You have a place",
            "You have joined “{{ title }}” as a {{ role }}: {{ starts_at | when_en }}, at"
            " {{ place }}. If you can't come, please tell us in time, so that a neighbour can have"
            " your place.",
            'You joined "{{ title | short(24) }}" as a {{ role }}: {{ starts_at | when_en }},'
            " {{ place | short(24) }}. If you can't come, please tell us.",
        ),
    ),
    "event.left": Template(
        "events",
        zh=TemplateText(
            "您退出了活动",
            "{{ starts_at | when_zh }}的“{{ title }}”，已经为您退出了。"
            "谢谢您告诉我们，欢迎您下次再来。",
        ),
        en=TemplateText(
            "You have left an event",
            "You no longer take part in “{{ title }}” on {{ starts_at | when_en }}. Thank you"
            " for telling us; you are welcome any time.",
        ),
    ),
    "event.cancelled": Template(
        "events",
        zh=TemplateText(
            "活动取消了",
            "很抱歉，{{ starts_at | when_zh }}的“{{ title }}”取消了，请您不要白跑一趟。"
            "{% if words %}服务站说：“{{ words }}”{% endif %}",
            "很抱歉，{{ starts_at | when_zh }}的“{{ title | short(12) }}”取消了，请别白跑。"
            "{% if words %}{{ words | short(16) }}{% endif %}",
        ),
        en=TemplateText(
            "An event is cancelled",
            "We are sorry: “{{ title }}” on {{ starts_at | when_en }} is cancelled, so please"
            " don't come.{% if words %} The station says: “{{ words }}”{% endif %}",
            'Sorry, "{{ title | short(24) }}" on {{ starts_at | when_en }} is cancelled.'
            "{% if words %} {{ words | short(60) }}{% endif %}",
        ),
    ),
    "event.missed": Template(
        "events",
        zh=TemplateText(
            "这次没见到您",
            "“{{ title }}”那天没见到您，大家都惦记着您。要是记错了，请告诉服务站一声。下次再来呀！",
        ),
        en=TemplateText(
            "We missed you",
            "We missed you at “{{ title }}”. If that is a mistake, please tell the station. We hope"
            " to see you next time!",
        ),
    ),
    "event.reminder": Template(
        "events",
        zh=TemplateText(
            "提醒您参加活动",
            "您报名的“{{ title }}”"
            "{% if day is defined %}就在{{ '今天' if day == 'today' else '明天' }}"
            "{% else %}快到了{% endif %}，{{ starts_at | when_zh }}，地点：{{ place }}。"
            "{% if role == 'helper' %}谢谢您来帮忙{% else %}欢迎您来参加{% endif %}！"
            "要是来不了，请告诉我们一声。",
            "提醒您：{% if day is defined %}{{ '今天' if day == 'today' else '明天' }}有{% endif %}"
            "“{{ title | short(12) }}”，{{ starts_at | when_zh }}，{{ place | short(10) }}。"
            "来不了请说一声。",
        ),
        en=TemplateText(
            "An event you joined is near",
            "“{{ title }}”, which you joined as a {{ role }}, is"
            " {% if day is defined %}{{ day }},{% else %}near:{% endif %}"
            " {{ starts_at | when_en }}, at {{ place }}. If you can't come, please let us know.",
            'Reminder: "{{ title | short(24) }}"{% if day is defined %} is {{ day }}{% endif %},'
            " {{ starts_at | when_en }}, {{ place | short(24) }}. If you can't come, please tell"
            " us.",
        ),
    ),
}
