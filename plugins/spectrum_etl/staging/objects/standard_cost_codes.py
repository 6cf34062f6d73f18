"""Standard cost codes and cost types: the lists that every project's codes come from (B1, A2)."""

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table, company_column
from spectrum_etl.settings import Schedule

STANDARD_COST_CODES = Table(
    name="standard_cost_codes",
    comment="One row a standard phase of a phase category.",
    # All phase categories: which one Procore gets is decided in the warehouse.
    infolink=InfoLink(tables={"s": "JC_STD_PHASE_DESCRIPTION_MC"}),
    columns=(
        company_column(),
        Column(
            "phase_category",
            "code",
            "Phase category: a list of standard phases; the settings name the one that Procore gets (A2)",
            source=("Phase_Category", "Standard_Phase_Category", "Category_Code", "Category"),
            key=True,
            assumed=True,
            without="lists cannot be told apart, so no standard cost code is importable (A2)",
        ),
        Column("phase_code", "code", "Phase, without separators", source="Phase_Code", key=True, required=True),
        Column("description", "text", "What the phase is", source="Description", required=True, blank="null"),
        Column(
            "importable",
            "boolean",
            'Whether it belongs to the list "Spectrum Standard Cost Codes": the phase category of the settings',
            derived="phase_category = %(phase_category)s",
        ),
    ),
    checks=(
        Check(
            "configured_category_exists",
            "sql",
            ("phase_category",),
            "warning",
            "No standard phase has the phase category of the settings, so none is importable: correct phase_category "
            "of this company in include/settings.yaml.",
            query="standard_cost_codes_category_exists.sql",
        ),
    ),
)

STANDARD_COST_TYPES = Table(
    name="standard_cost_types",
    comment="One row a cost type of the company: labor, material, equipment, ...",
    infolink=InfoLink(tables={"t": "JC_COST_TYPE_MASTER_MC"}),
    columns=(
        company_column(),
        Column("cost_type", "code", "Cost type", source="Cost_Type", key=True, required=True),
        Column("description", "text", "What the cost type is", source="Description", required=True, blank="null"),
        Column("status_code", "code", "A active, I inactive", source="Status_Code"),
    ),
    checks=(
        Check(
            "known_status",
            "in_set",
            ("status_code",),
            "warning",
            "A cost type status that is not documented: report which one, with Spectrum's meaning of it.",
            values=("A", "I"),
        ),
    ),
)

OBJECT = StagedObject(
    name="standard_cost_codes",
    title="Standard cost codes and cost types",
    tables=(STANDARD_COST_CODES, STANDARD_COST_TYPES),
    schedule=Schedule.DAILY,
)
