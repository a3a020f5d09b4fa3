"""Names of themes for readers. A theme this collector does not know yet is shown by its slug."""


def theme_name(slug: str) -> str:
    return slug.replace("-", " ").capitalize()
