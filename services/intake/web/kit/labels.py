"""Labels that several features share: addresses, and links to the subjects of messages."""

from shared.language import N_

HOME_ADDRESS = N_("Building %(building)s, unit %(unit)s, flat %(flat)s")
# The collections whose subjects (`wishes/0190…`) are also the paths of their pages.
SUBJECTS_WITH_PAGES = ("wishes", "events", "participations")


def subject_path(subject: str) -> str | None:
    """Return the path of the page about a message's `subject`, None where there is no page."""
    kind, _, id_ = subject.partition("/")
    if kind in SUBJECTS_WITH_PAGES and id_:
        return f"/{kind}/{id_}"
    return "/volunteer" if kind == "volunteers" else None
