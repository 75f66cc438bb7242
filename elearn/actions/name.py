"""Names of organisations and cohorts: what can be one, wherever it is given."""


def is_name(text: str, *, longest: int) -> bool:
    r"""Whether this can be a name: something to be seen, not too long, no signs that turn or hide it; spaces around it do not count.

    >>> is_name(" Spring ", longest=6), is_name("Spring", longest=5), is_name(" ", longest=5), is_name("Spr\u202eing", longest=9)
    (True, False, False, False)
    """
    name = text.strip()
    return 0 < len(name) <= longest and name.isprintable()
