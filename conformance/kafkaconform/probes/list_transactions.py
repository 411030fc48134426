"""ListTransactions: of a coordinator that has none."""

from kafkaconform.registry import probe
from kafkaconform.session import Session
from kafkawire.messages.list_transactions import ListTransactionsRequest

STATES = (
    "Empty",
    "Ongoing",
    "PrepareCommit",
    "PrepareAbort",
    "CompleteCommit",
    "CompleteAbort",
    "PrepareEpochFence",
    "Dead",
)


@probe
def every_version(session: Session) -> None:
    """Nothing."""
    session.connect().ask_all_versions(ListTransactionsRequest())


@probe
def by_state(session: Session) -> None:
    """States that do not exist come back, each once; the case of their letters matters."""
    connection = session.connect()
    for version in session.versions(ListTransactionsRequest):
        connection.ask(ListTransactionsRequest(state_filters=list(STATES)), version)
        for states in (
            ["ongoing"],
            ["Nonsense", "Ongoing", "", "Nonsense", "Others"],
            ["PrepareCommit", "PREPAREABORT"],
        ):
            connection.ask(ListTransactionsRequest(state_filters=states), version)


@probe
def by_producer_and_duration(session: Session) -> None:
    """Producer ids and durations of any kind."""
    connection = session.connect()
    connection.ask(ListTransactionsRequest(producer_id_filters=[1, -1, 1]), 0)
    for duration in (-1, 0, 1, -2, 2**63 - 1, -(2**63)):
        connection.ask(ListTransactionsRequest(duration_filter=duration), 2)


@probe
def by_pattern(session: Session) -> None:
    """A pattern that is no regular expression of RE2: 128; null and empty ask for all."""
    connection = session.connect()
    for pattern in PATTERNS:
        connection.ask(ListTransactionsRequest(transactional_id_pattern=pattern), 2)


@probe
def several_faults(session: Session) -> None:
    """A pattern that is none, and a state that does not exist: of the state nothing is said."""
    connection = session.connect()
    request = ListTransactionsRequest(state_filters=["Nonsense", "Ongoing"], transactional_id_pattern="(")
    connection.ask(request, 2)


#: What RE2 takes and what it does not.
PATTERNS: tuple[str | None, ...] = (
    None, "", " ", "orders-.*", "^a|b$", "[a-z]+", "(?i)abc", "(?P<name>a)", "(?<name>a)", "(?P<name>a)(?P<name>b)",
    "(?P<9>a)", "(?P<n-a>a)", "(?P<>a)", "(?P<name", "(?P=name)", "(?:a)", "(?is-m:a)", "(?U)a+", "(?x)a", "(?i-)a",
    "(?-)a", "(?)a", "(?i", "(?--i)a", "(?ii)a", "(", ")", "a)", "()", "(a", "[", "]", "[]", "[]a]", "[^]", "[^]a]",
    "[a", "[z-a]", "[a-]", "[-a]", "[a-b-c]", "[a--]", "[\\d-z]", "[a-\\d]", "[[:alpha:]]", "[[:nope:]]",
    "[[:^alpha:]]", "[:alpha:]", "[[.a.]]", "[\\", "[\\q]", "[\\pL]", "*", "+", "?", "a**", "a*?", "a*+", "a++",
    "a+?", "a??", "a???", "a{2}", "a{2,}", "a{2,3}", "a{3,2}", "a{1000}", "a{1001}", "a{,2}", "a{", "a{a}", "{2}",
    "{", "}", "a{2}{3}", "a{2}?", "a{2}*", "(a{100}){100}", "(a{10}){100}", "(a{10}){101}", "a|*", "|a", "a|", "||",
    "^*", "$*", "\\b+", "(?i)*", "(*)", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", "(?#c)", "(?", "(?P", "\\",
    "\\1", "\\0", "\\07", "\\08", "\\8", "\\123", "\\400", "\\x", "\\x4", "\\x41", "\\x{41}", "\\x{}", "\\x{110000}",
    "\\x{10FFFF}", "\\x{41", "\\xg1", "\\u0041", "\\d\\D\\s\\S\\w\\W", "\\b\\B", "\\A", "\\z", "\\Z", "\\G", "\\C",
    "\\a\\f\\n\\r\\t\\v", "\\e", "\\h", "\\R", "\\X", "\\N", "\\K", "\\q", "\\_", "\\-", "\\.", "\\/", "\\é", "\\ ",
    "\\Qa*(\\E", "\\Qa", "\\E", "\\Q\\E*", "\\pL", "\\PL", "\\pN", "\\p{Lu}", "\\p{^Lu}", "\\p{Greek}", "\\p{greek}",
    "\\p{Latin}", "\\p{IsLatin}", "\\p{Any}", "\\p{Alpha}", "\\p{Nope}", "\\p", "\\pZ", "\\pQ", "\\p{L", "\\p{}",
    "[\\x00-\\x{10FFFF}]", "[\\b]", "[\\z]", "[a\\]b]", "é*", "a.b", "((((a))))", "(?s).", "(?m)^a$", "(?i:a|b)+",
    "(?i)(?-i)a",
)  # fmt: skip
