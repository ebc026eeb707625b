"""The templates about volunteering, points and signing in."""

from services.notify.wording.template import Template, TemplateText

TEMPLATES: dict[str, Template] = {
    "volunteer.applied": Template(
        "volunteering",
        zh=TemplateText("收到您的志愿者申请", "谢谢您愿意出一份力！服务站很快会答复您。"),
        en=TemplateText(
            "We have your application",
            "Thank you for wanting to help as a volunteer! The station will answer you soon.",
        ),
    ),
    "volunteer.approved": Template(
        "volunteering",
        zh=TemplateText(
            "欢迎您成为志愿者",
            "从今天起您就是志愿者了。看看邻居们的心愿，挑一个您方便的吧。",
            "欢迎您成为志愿者！现在可以看看邻居们的心愿，挑一个您方便的。",
        ),
        en=TemplateText(
            "Welcome as a volunteer",
            "You are a volunteer from today on. Have a look at your neighbours' wishes and take"
            " one that suits you.",
            "Welcome as a volunteer! Have a look at your neighbours' wishes and take one that"
            " suits you.",
        ),
    ),
    "points.awarded": Template(
        "points",
        zh=TemplateText(
            "您得到 {{ amount }} 积分",
            "谢谢您为“{{ title }}”出力，得到 {{ amount }} 积分，现在一共 {{ balance }} 积分。",
        ),
        en=TemplateText(
            "You earned {{ amount }} points",
            "Thank you for “{{ title }}”: {{ amount }} points, which makes {{ balance }} in all.",
        ),
    ),
    "points.awarded.event": Template(
        "points",
        zh=TemplateText(
            "您得到 {{ amount }} 积分",
            "谢谢您来“{{ title }}”，得到 {{ amount }} 积分，现在一共 {{ balance }} 积分。",
        ),
        en=TemplateText(
            "You earned {{ amount }} points",
            "Thank you for coming to “{{ title }}”: {{ amount }} points, which makes {{ balance }}"
            " in all.",
        ),
    ),
    "points.reversed": Template(
        "points",
        zh=TemplateText(
            "退回 {{ amount }} 积分",
            "“{{ title }}”的确认撤回了，所以退回 {{ amount }} 积分，现在一共 {{ balance }} 积分。",
        ),
        en=TemplateText(
            "{{ amount }} points went back",
            "The confirmation of “{{ title }}” was withdrawn, so {{ amount }} points went back."
            " You have {{ balance }} in all.",
        ),
    ),
    "points.reversed.other": Template(
        "points",
        zh=TemplateText(
            "退回 {{ amount }} 积分",
            "“{{ title }}”得到的 {{ amount }} 积分退回了，现在一共 {{ balance }} 积分。"
            "不清楚的地方，请问服务站。",
        ),
        en=TemplateText(
            "{{ amount }} points went back",
            "{{ amount }} points for “{{ title }}” went back. You have {{ balance }} in all. Please"
            " ask the station if anything is unclear.",
        ),
    ),
    "sign-in.code": Template(
        "sign-in",
        critical=True,
        zh=TemplateText(
            sms="登录验证码 {{ code }}，{{ expires_at | time }} 前有效。请不要告诉别人。"
        ),
        en=TemplateText(
            sms="Your sign-in code is {{ code }}, valid until {{ expires_at | time }}. Please"
            " don't tell it to anybody."
        ),
    ),
}
