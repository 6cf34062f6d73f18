"""Whatever the names are: the order of what comes in, case and blanks change nothing, and nothing crashes (N3)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spectrum_etl.imports.match import Address, Party, Suggestion, Thresholds, suggest
from spectrum_etl.imports.match.names import exact_name

_WORDS = ["Acme", "Smith", "Smyth", "Electric", "Elec.", "Supply", "Inc", "LLC", "dba", "North", "#2", "- Denver", "&"]
_WORDS += ["The", "J.", "b", "Ohio", "(old)", "Ünal", "and", ",", "II", "ACME Dry Wall", "İstanbul", "straße"]
_names = st.one_of(st.lists(st.sampled_from(_WORDS), max_size=5).map(" ".join), st.text(max_size=12))
_texts = st.one_of(st.none(), st.text(max_size=8))
_addresses = st.builds(
    Address, st.sampled_from([None, "1 A St", "PO Box 1"]), st.sampled_from([None, "Denver", "Reno"]),
    st.sampled_from([None, "CO", "Nevada", "?"]), st.sampled_from([None, "80202", "89501-1"]),
)  # fmt: skip
_parties = st.builds(
    Party, key=st.just(""), name=_names, address=_addresses,
    phone=st.one_of(_texts, st.sampled_from(["303-555-0142", "+1 (303) 5550142"])),
    email=st.one_of(_texts, st.sampled_from(["a@b.example", "A@B.example", "c@gmail.com"])),
    active=st.booleans(), other_names=st.lists(_names, max_size=1).map(tuple),
)  # fmt: skip
_sides = st.lists(_parties, max_size=6).map(lambda side: [replace(party, key=str(n)) for n, party in enumerate(side)])
_THRESHOLDS = st.builds(Thresholds, suggest_from=st.sampled_from([0.0, 60.0]), tied_within=st.sampled_from([0.0, 5.0]))
_many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _found(vendors: list[Party], companies: list[Party], thresholds: Thresholds) -> list[Suggestion]:
    return list(suggest(vendors, companies, thresholds))


@_many
@given(_sides, _sides, _THRESHOLDS, st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_changes_nothing(vendors, companies, thresholds, random) -> None:  # type: ignore[no-untyped-def]
    found = _found(vendors, companies, thresholds)
    assert found == _found(vendors, companies, thresholds)
    left, right = (random.sample(side, len(side)) for side in (vendors, companies))
    assert found == _found(left, right, thresholds)
    assert all(0 <= one.score <= 100 for one in found)


@_many
@given(_sides, _sides, _THRESHOLDS)
def test_it_does_not_matter_which_side_is_which(vendors: list[Party], companies: list[Party], how: Thresholds) -> None:
    swapped = [
        replace(one, spectrum_key=one.record_id, record_id=one.spectrum_key) for one in _found(companies, vendors, how)
    ]
    assert set(_found(vendors, companies, how)) == set(swapped)


def _called(*names: str) -> list[Party]:
    return [Party(key=str(n), name=name, address=Address(None, None, None, None)) for n, name in enumerate(names)]


@_many
@given(_sides, _sides, st.sampled_from([str.upper, str.lower, str.swapcase]))
@example(_called("Smith Acme"), _called("Acme Acme Acme dba Smith"), str.upper)  # 28 characters with blanks doubled
@example(_called("Müller Straßenbau und Tiefbau GmbH"), _called("Müller Straßenbau und Tiefba"), str.upper)
def test_case_and_blanks_change_nothing(vendors, companies, spell) -> None:  # type: ignore[no-untyped-def]
    def otherwise(party: Party) -> Party:
        return replace(party, name="\t" + spell(party.name).replace(" ", "  ") + " ")

    spelled = [otherwise(party) for party in companies]
    assert _found(vendors, spelled, Thresholds()) == _found(vendors, companies, Thresholds())


@_many
@given(_sides, _sides, _THRESHOLDS)
def test_n3_what_is_not_tied_has_a_vendor_and_a_company_of_its_own(
    vendors: list[Party], companies: list[Party], how: Thresholds
) -> None:
    found = _found(vendors, companies, how)
    for key in ("spectrum_key", "record_id"):
        alone = [getattr(one, key) for one in found if not one.tied]
        assert len(alone) == len(set(alone))
        assert not set(alone) & {getattr(one, key) for one in found if one.tied}
    names = {party.key: exact_name(party.name) for party in vendors}, {p.key: exact_name(p.name) for p in companies}
    for one in found:
        if one.exact:
            name = names[0][one.spectrum_key]
            assert name == names[1][one.record_id] != ""
            assert all(list(side.values()).count(name) == 1 for side in names)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_c2_case_and_blanks_are_no_part_of_an_exact_name(name: str) -> None:
    for spelled in (name.upper(), name.lower(), f"  {name}\n"):
        assert exact_name(spelled) == exact_name(name)
