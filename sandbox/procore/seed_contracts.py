"""Adds contracts and change orders with lines: the pieces that `seed_scenes` puts together."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.data.rows import money
from sandbox.procore.seed_company import CompanySeed
from sandbox.procore.seed_projects import Pair, ProjectSeed
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_spectrum import amount


@dataclass(frozen=True)
class Line:
    """One line: its code, amount, text; for a change order also its markup and the contract's line it belongs to;
    `key` is what the origin id of a linked line ends with."""

    pair: Pair | None
    amount: str
    text: str
    markup: tuple[tuple[str, str, str], ...] = ()
    contract_line: int | None = None
    tax_code: int | None = None
    key: str = ""


@dataclass
class Site:
    """Where things are added: the records, the company, one of its projects."""

    records: Records
    company: CompanySeed
    project: ProjectSeed
    lines: dict[int, list[int]] = field(default_factory=dict)

    def contract(
        self,
        kind: str,
        number: str,
        title: str,
        lines: list[Line],
        *,
        status: str = "Approved",
        vendor: int | None = None,
        origin: tuple[str, str | None] | None = None,
        deleted: bool = False,
        **differs: Any,
    ) -> int:
        """Add a contract with its lines; of a linked one the lines are linked too.

        Args:
            kind: work_order_contract, purchase_order_contract or prime_contract.
            number, title, status: as Procore shows them.
            lines: the schedule of values.
            vendor: the contract company.
            origin: origin id and code.
            deleted: whether somebody has deleted it.
            differs: further attributes.
        """
        fields: dict[str, Any] = {
            "number": number,
            "title": title,
            "description": f"<p>{title}</p>",
            "status": status,
            "vendor_id": vendor,
            "accounting_method": "amount",
            "retainage_percent": "10.0",
            "executed": status in {"Approved", "Complete"},
            "private": False,
            "contract_date": "2026-07-06",
        }
        fields |= differs
        company, project = self.company.id, self.project.id
        added = self.records.add(kind, company, fields, project=project, origin=origin, deleted=deleted)
        for place, line in enumerate(lines, start=1):
            line_origin = (f"{origin[0]}:{line.key or place}", None) if origin else None
            self._line("contract_line", added, place, line, line_origin)
        return added

    def change_order(
        self,
        contract: int,
        number: str,
        title: str,
        lines: list[Line],
        *,
        prime: bool = False,
        status: str = "approved",
        origin: tuple[str, str | None] | None = None,
    ) -> int:
        """Add a change order to a contract.

        Args:
            contract: the commitment or prime contract.
            number, title, status: as Procore shows them.
            lines: with markup on a prime contract.
            prime: whether the contract is a prime contract.
            origin: origin id and code.
        """
        records = self.records
        fields = {
            "type": "PrimeContractChangeOrder" if prime else "CommitmentContractChangeOrder",
            "number": number,
            "title": title,
            "description": f"<p>{title[:80]}</p>",
            "status": status,
            "revision": 0,
            "executed": status == "approved",
            "reviewed_at": "2026-07-08T15:30:00Z" if status == "approved" else None,
            "due_date": "2026-08-01",
            "schedule_impact_amount": 3,
            "potential_id": records.new_id(),
            "prime_change_id": records.new_id() if prime else None,
        }
        added = records.add(
            "change_order_package", self.company.id, fields, project=self.project.id, parent=contract, origin=origin
        )
        for place, line in enumerate(lines, start=1):
            self._line("change_order_line", added, place, line, (f"{origin[0]}:{place}", None) if origin else None)
        return added

    def add_line(self, contract: int, line: Line, place: int) -> None:
        """Add a line that is not linked to a contract that may be."""
        self._line("contract_line", contract, place, line, None)

    def _line(self, kind: str, parent: int, place: int, line: Line, origin: tuple[str, str | None] | None) -> None:
        records, project = self.records, self.project
        fields: dict[str, Any] = {
            "amount": line.amount,
            "description": line.text,
            "quantity": "1.0" if kind == "change_order_line" else None,
            "unit_cost": line.amount if kind == "change_order_line" else None,
            "uom": "ls",
            "tax_code_id": line.tax_code,
            "extended_type": "manual",
            "contract_line_id": line.contract_line,
        }
        if line.pair is not None:
            phase, cost_type = line.pair
            fields["cost_code_id"] = project.codes[phase]
            fields["line_item_type_id"] = self.company.types[cost_type]
            fields["wbs_code_id"] = project.wbs[line.pair]
        if line.markup:
            fields["markup"] = [self._markup(*each) for each in line.markup]
        added = records.add(
            kind, self.company.id, fields, project=project.id, parent=parent, position=place, origin=origin
        )
        self.lines.setdefault(parent, []).append(added)

    def _markup(self, kind: str, percentage: str, value: str) -> dict[str, Any]:
        markup = {
            "id": self.records.new_id(),
            "name": "Overhead & Profit" if kind == "horizontal" else "Bond",
            "percentage": percentage,
            "markup_set": kind,
        }
        return {"id": self.records.new_id(), "amount": value, "markup": markup}


def linked_subcontracts(site: Site) -> list[int]:
    """Add the job's Spectrum subcontracts as linked contracts, with their lines.

    Returns:
        Those of them that have lines.
    """
    job, company = site.project.job, site.company
    added = []
    for row in job.subcontracts if job else ():
        code, number = row["Vendor_Code"], row["Subcontract_Number"]
        pairs = [((line["Phase_Code"], line["Cost_Type"]), line) for line in row["lines"]]
        lines = [
            Line(
                pair,
                money(int(amount(line["Original_Contract_Amount"]) * 100)),
                "As per plans & specs",
                key=":".join(pair),
            )
            for pair, line in pairs
            if pair in site.project.wbs
        ]
        vendor = company.vendors.get(code)
        if vendor is None or not lines:
            continue
        link = (f"{company.code}:{code}:{number}", number)
        title = (row["Comment_1"] or number)[:60]
        added.append(site.contract("work_order_contract", number, title, lines, vendor=vendor, origin=link))
    return added


def linked_prime(site: Site, **differs: Any) -> int | None:
    """Add the job's prime contract, linked, with its schedule of values; lines have no cost codes.

    Args:
        site: the project.
        differs: further attributes; `linked` False leaves the contract unlinked.
    """
    job, company = site.project.job, site.company
    if job is None or job.contract is None:
        return None
    link = (f"{company.code}:{job.number}", job.number) if differs.pop("linked", True) else None
    if job.contract["Price_Method_Code"] == "U":
        differs = {"accounting_method": "unit"} | differs
    lines = [
        Line(
            None,
            money(int(amount(item["Original_Contract"]) * 100)),
            item["Billing_Description"] or "Lump sum",
            key=item["Billing_Item"],
        )
        for item in job.items
    ]
    title = f"{job.number} Prime Contract"
    return site.contract("prime_contract", job.contract["Contract_Number"] or "1", title, lines, origin=link, **differs)
