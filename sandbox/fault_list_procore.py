"""The faults of the stand-in Procore, and its ways where the reference leaves open what Procore does.

A fault with a default other than "off" is a way: its default is what is documented or, where nothing is, what most
callers expect. Each says in brackets what it rests on: certain (a published contract), field (seen in code that others
run against real companies), assumed (nobody has tried it; callers must be right whichever way it is).
"""

from sandbox.fault import Fault

PROCORE_FAULTS: tuple[Fault, ...] = (
    Fault("procore_hourly_limit", "Procore takes so many calls an hour; 0 is no limit", "int", default="3600"),
    Fault("procore_spike_limit", "Procore takes so many calls in ten seconds; 0 is no limit", "int", default="100"),
    Fault("procore_rate_limit", "Procore answers 429, to be tried again after so many seconds", "int"),
    Fault("procore_503", "Procore answers 503 with Retry-After of so many seconds", "int"),
    Fault("procore_token_expired", "Procore lets the access token of a call expire"),
    Fault("procore_slow", "Procore waits so many milliseconds before it answers", "int"),
    Fault("procore_500", "Procore answers with HTTP status 500 and does nothing"),
    Fault("procore_lost_answer", "Procore does what a writing call asks and closes the connection"),
    Fault("procore_empty_answer", "Procore does what a writing call asks and answers it without a body"),
    Fault("procore_page_cut", "Procore ends the answer to a reading call in the middle"),
    Fault("procore_forbidden", "Procore answers 403 where path and query contain this, as a tool that is off", "text"),
    Fault(
        "procore_budgets_moved",
        "Procore answers 405 where a budget modification is written, since the company has moved to budget changes",
    ),
    Fault(
        "procore_no_page_headers",
        "Procore's lists come without Link, Total and Per-Page, whose headers not all lists have",
    ),
    Fault("procore_page_cap", "Procore gives at most so many records a page, whatever is asked for", "int"),
    Fault("procore_extra_total", "Procore's Total counts so many records more than it shows", "int"),
    Fault("procore_only", "the other faults of Procore strike only paths that contain this", "text"),
    Fault("procore_500_after", "Procore does what a writing call asks and answers with HTTP status 500"),
    Fault("procore_slow_after", "Procore does what a writing call asks, and answers so many milliseconds later", "int"),
    Fault("procore_random_400", "Procore answers a sync call with 400 without a reason and does nothing [field]"),
    Fault(
        "procore_sync_stops",
        "a sync call does so many of its updates and answers 504, as one that takes too long [assumed]",
        "int",
    ),
    Fault("procore_most_updates", "a sync call of more updates is answered with 413 [certain]", "int", default="1000"),
    Fault(
        "procore_multi_status",
        "a sync call that refused some of its updates is answered with 207 instead of 200 [assumed]",
    ),
    Fault(
        "procore_concurrent",
        "of two writing calls into one project at a time the second is answered with 409: those on direct costs"
        " [certain], all [assumed], or none",
        "choice",
        default="direct_costs",
        choices=("direct_costs", "project", "off"),
    ),
    Fault(
        "procore_limit_window",
        "the ten seconds of the rate limit end together, or slide, so that Remaining rises before Reset [certain]",
        "choice",
        default="fixed",
        choices=("fixed", "sliding"),
    ),
    Fault(
        "procore_access",
        "what the service account may do with tools, by their names: directory=read_only,budget=none; levels are none,"
        " read_only, standard, admin [certain that there are such levels]",
        "text",
    ),
    Fault(
        "procore_new_projects",
        "whether the service account may see a project that it created itself [assumed either way]",
        "choice",
        default="hidden",
        choices=("hidden", "permitted"),
    ),
    Fault(
        "procore_unseen",
        "what a project is answered with that the service account may not see [assumed which]",
        "choice",
        default="403",
        choices=("403", "404"),
    ),
    Fault(
        "procore_required_field",
        "a configurable field set requires this field, as vendor.license_number or project.sector [certain]",
        "text",
    ),
    Fault(
        "procore_validates",
        "configurable validations run unless a call says run_configurable_validations=false [field]; off: only where it"
        " says true [certain]",
        "switch",
        default="off",
    ),
    Fault(
        "procore_origin_case",
        "whether Procore tells origin ids in capitals from others: always, only where it looks for one, never [field:"
        " lookups broke on mixed case]",
        "choice",
        default="exact",
        choices=("exact", "unique_ignores", "ignored"),
    ),
    Fault(
        "procore_foreign_origin",
        "whether an origin id that another integration set can be replaced: but for some records, always, never"
        " [assumed]",
        "choice",
        default="marked",
        choices=("marked", "replaceable", "refused"),
    ),
    Fault(
        "procore_unique_names",
        "which names may not repeat in a Procore company [assumed: none]",
        "choice",
        default="none",
        choices=("none", "companies", "projects", "both"),
    ),
    Fault(
        "procore_inactive_listed",
        "the list of companies shows inactive ones too [certain: all vendors]; off: only their own list does [assumed]",
        "switch",
        default="on",
    ),
    Fault(
        "procore_inactive_writable",
        "an inactive company can be changed as any other; off: it is not found until it is reactivated [assumed]",
        "switch",
        default="on",
    ),
    Fault(
        "procore_inactive_shown",
        "an inactive company is shown as any other where it is asked for by its id [assumed]; off: it is not found, and"
        " the list of inactive ones alone shows it [assumed]",
        "switch",
        default="on",
    ),
    Fault(
        "procore_inactive_flag",
        "the list of inactive companies says of each that it is not active [assumed]; off: it leaves is_active out"
        " [assumed]",
        "switch",
        default="on",
    ),
    Fault(
        "procore_text",
        "what becomes of text that is written: it stays as it was sent, or its accents are composed and blanks around"
        " it are removed [assumed either way]",
        "choice",
        default="as_sent",
        choices=("as_sent", "tidied"),
    ),
    Fault(
        "procore_refusals",
        "how a refused value is told outside sync calls: by its field, in a list of sentences, or in one sentence"
        " [certain that all occur]",
        "choice",
        default="by_field",
        choices=("by_field", "sentences", "sentence"),
    ),
    Fault(
        "procore_erp_integrated",
        "what becomes of `erp_integrated` in a company without an ERP connection [assumed]",
        "choice",
        default="accepted",
        choices=("accepted", "ignored", "refused"),
    ),
    Fault(
        "procore_standard_code",
        "what `code` of a standard cost code is where it is written: the segment [certain by the newer reference], or"
        " with the codes of its parents [certain by the older one]",
        "choice",
        default="segment",
        choices=("segment", "full"),
    ),
    Fault(
        "procore_prime_origin_filter",
        "the list of prime contracts honours filters[origin_id] [assumed]; off: it shows all",
        "switch",
        default="on",
    ),
    Fault(
        "procore_approved_lines",
        "whether lines of a prime contract that is Approved can be written [assumed: they are refused]",
        "choice",
        default="refused",
        choices=("refused", "writable"),
    ),
    Fault(
        "procore_prime_line_codes",
        "whether a line of a prime contract needs a budget code: not by version 1's schema, as by version 2's"
        " [assumed either way]",
        "choice",
        default="optional",
        choices=("optional", "required"),
    ),
    Fault(
        "procore_budget_sync",
        "what budget_line_items/sync does with a line without id whose budget code has one: changes that one [field],"
        " refuses the call, makes a second one [assumed]",
        "choice",
        default="by_code",
        choices=("by_code", "refused", "doubled"),
    ),
    Fault(
        "procore_direct_cost_amounts",
        "whether amounts can be changed of lines whose direct cost has an origin id [assumed either way]",
        "choice",
        default="changeable",
        choices=("changeable", "fixed"),
    ),
    Fault(
        "procore_deleted_origin",
        "whether a deleted direct cost keeps its origin id, so that no other one can have it [assumed either way]",
        "choice",
        default="kept",
        choices=("kept", "freed"),
    ),
    Fault(
        "procore_direct_costs_off",
        "whether direct costs of a project whose tool is switched off are answered with 403 [assumed], or shown",
        "choice",
        default="refused",
        choices=("refused", "shown"),
    ),
    Fault(
        "procore_tools",
        "which tools the list of a project's tools shows: all, each with whether it is active, or the active ones"
        " alone, without that [assumed either way]",
        "choice",
        default="all",
        choices=("all", "active"),
    ),
    Fault(
        "procore_days",
        "how the days of projects are written: 2026-08-03, or 2026-08-03T00:00:00Z [certain that both occur]",
        "choice",
        default="date",
        choices=("date", "midnight"),
    ),
)
