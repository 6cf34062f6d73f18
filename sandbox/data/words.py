"""The vocabulary of the sandbox's contractor: trades, phases, people, places. Nothing here is a real person or company.

Every text fits the code page of a SQL Server varchar column (Windows-1252), accents and typographic quotes included.
"""

# Phase (CSI MasterFormat division and section, without separators), description (<= 25), cost types, weight, unit.
# The weight is the phase's rough share of a building's cost.
PHASES: tuple[tuple[str, str, str, int, str], ...] = (
    ("011000", "General Conditions", "LO", 30, "MO"),
    ("013100", "Project Management", "L", 24, "HR"),
    ("014500", "Testing & Inspection", "S", 4, "LS"),
    ("015000", "Temporary Facilities", "LMO", 9, "MO"),
    ("015400", "Scaffolding & Hoisting", "LERS", 8, "WK"),
    ("017400", "Final Cleaning", "LS", 3, "SF"),
    ("017800", "Closeout Submittals", "L", 2, "LS"),
    ("024100", "Selective Demolition", "LES", 10, "SF"),
    ("031000", "Concrete Forming", "LM", 22, "SF"),
    ("032000", "Reinforcing Steel", "LMS", 18, "TON"),
    ("033000", "Cast-in-Place Concrete", "LMERS", 42, "CY"),
    ("034100", "Precast Structural", "S", 16, "EA"),
    ("042000", "Unit Masonry", "LMS", 20, "SF"),
    ("051200", "Structural Steel", "LMS", 46, "TON"),
    ("053100", "Steel Decking", "S", 12, "SF"),
    ("055000", "Metal Fabrications", "LMS", 12, "LB"),
    ("061000", "Rough Carpentry", "LM", 14, "BF"),
    ("062000", "Finish Carpentry", "LM", 12, "LF"),
    ("064100", "Architectural Casework", "S", 14, "LF"),
    ("071300", "Sheet Waterproofing", "S", 8, "SF"),
    ("072100", "Thermal Insulation", "LMS", 9, "SF"),
    ("075400", "Membrane Roofing", "S", 26, "SQ"),
    ("076200", "Sheet Metal Flashing", "S", 6, "LF"),
    ("078400", "Firestopping", "LMS", 4, "EA"),
    ("079200", "Joint Sealants", "S", 3, "LF"),
    ("081100", "Metal Doors & Frames", "LM", 10, "EA"),
    ("084100", "Entrances & Storefronts", "S", 20, "SF"),
    ("087100", "Door Hardware", "LM", 8, "EA"),
    ("088000", "Glazing", "S", 14, "SF"),
    ("092116", "Gypsum Board Assemblies", "LMS", 38, "SF"),
    ("093000", "Tiling", "S", 10, "SF"),
    ("095100", "Acoustical Ceilings", "S", 10, "SF"),
    ("096500", "Resilient Flooring", "S", 8, "SF"),
    ("096800", "Carpeting", "S", 6, "SY"),
    ("099100", "Painting", "LMS", 14, "SF"),
    ("101400", "Signage", "MS", 3, "EA"),
    ("102800", "Toilet & Bath Accessories", "LM", 3, "EA"),
    ("104400", "Fire Extinguishers", "M", 1, "EA"),
    ("113100", "Residential Appliances", "M", 5, "EA"),
    ("122000", "Window Treatments", "S", 3, "EA"),
    ("142100", "Electric Elevators", "S", 18, "EA"),
    ("211300", "Fire Sprinklers", "S", 16, "SF"),
    ("220000", "Plumbing", "S", 48, "LS"),
    ("230000", "HVAC", "S", 70, "LS"),
    ("260000", "Electrical", "S", 74, "LS"),
    ("270000", "Communications", "S", 16, "LS"),
    ("283100", "Fire Detection & Alarm", "S", 10, "LS"),
    ("311000", "Site Clearing", "LE", 6, "AC"),
    ("312000", "Earth Moving", "LMERS", 34, "CY"),
    ("312500", "Erosion Controls", "LM", 4, "LF"),
    ("316300", "Bored Piles", "S", 16, "LF"),
    ("321216", "Asphalt Paving", "MRS", 20, "TON"),
    ("321313", "Concrete Paving", "LMS", 12, "SF"),
    ("323100", "Fences & Gates", "S", 5, "LF"),
    ("329000", "Planting", "S", 8, "LS"),
    ("331000", "Water Utilities", "LMES", 16, "LF"),
    ("333000", "Sanitary Sewerage", "LMES", 14, "LF"),
    ("334000", "Storm Drainage", "LMRS", 16, "LF"),
)  # fmt: skip

SERVICE_PHASES: tuple[tuple[str, str], ...] = (
    ("900100", "Service Call - Labor"),
    ("900200", "Service Call - Parts"),
    ("900300", "Preventive Maintenance"),
    ("900400", "Emergency Repair"),
    ("900500", "Warranty Repair"),
    ("900600", "Annual Inspection"),
    ("900700", "Rental Equipment"),
    ("900800", "Travel & Per Diem"),
)

# Codes have one or two characters; PHASES names each by one letter, R for RE.
COST_TYPES = (
    ("L", "Labor"),
    ("M", "Material"),
    ("E", "Equipment"),
    ("RE", "Rented equipment"),
    ("S", "Subcontract"),
    ("O", "Other"),
)

# Status code, description, type. Types 1, 2 and 5 count towards the current estimate (infolink-tables.yaml).
CHANGE_STATUSES = (
    ("AP", "Approved", "1"),
    ("WA", "Work authorized", "2"),
    ("PE", "Pending owner", "3"),
    ("RJ", "Rejected", "4"),
    ("IT", "Internal transfer", "5"),
)

JOB_NAMES = (
    "St. Mary's Clinic", "Harbor Point Offices", "Lincoln Middle School", "Café Zoë Fit-Out", "Route 9 Bridge Deck",
    "Maple Street Garage", "Riverside Apartments", "Fire Station No. 7", "O'Hara Law Tenant Imp.", "Airport Hangar B",
    "Water Plant Upgrade", "Library Addition", "Data Center Hall 3", "Veterans' Memorial Hall", "Cold Storage Annex",
    "Oak Ridge Elementary", "City Hall Re-Roof", "North Wing Remodel", "Transit Center", "Self Storage Phase II",
    '12" Water Main Repl.', "University Lab B\\C Wing", "Peña Blvd. Warehouse", "Retail Pad C", "Brewery Expansion",
    "Parking Deck Repairs", "Surgery Center", "Courthouse Seismic", "Grain Elevator Foundation", "Hotel Montréal Lobby",
    "Community Pool", "Distribution Center", "Dental Office", "Substation Civil", "High School Gym", "Church Steeple",
    "Pump Station 14", "Medical Office Bldg.", "Solar Canopies", "Town Square Streetscape", "Assisted Living",
    "Auto Dealership", "Bus Maintenance Facility", "Fitness Club", "Food Bank Kitchen", "Trailhead Pavilion",
)  # fmt: skip

CUSTOMERS = (
    "Harbor Point Partners LLC", "Unified School District 12", "City of Fairview", "St. Mary's Health System",
    "State DOT Region 4", "Riverside Housing Authority", "Northgate Development Co.", "University Facilities",
    "Zoë Hospitality Group", "O'Hara & Daughters LLP", "County Water Authority", "Peña Logistics Inc.",
    "Blue Heron Brewing Co.", "Regional Transit Agency", "Oak Ridge Township", "Summit Self Storage",
)  # fmt: skip

# What former customers are called, after a last name.
OWNERS = ("Properties", "Development Co.", "Retail Group", "Family Trust", "Holdings LLC", "School District")

STREETS = ("Main St.", "Harbor Blvd.", "Oak Ridge Rd.", "Industrial Pkwy.", "2nd Ave.", "Mill Creek Ln.", "Peña Blvd.")
CITIES = (
    ("Fairview", "OH", "44126"), ("Springfield", "OH", "45503"), ("Dayton", "OH", "45402"), ("Erie", "PA", "16501"),
    ("Wheeling", "WV", "26003"), ("Fort Wayne", "IN", "46802"), ("Ann Arbor", "MI", "48104"), ("Toledo", "OH", "43604"),
)  # fmt: skip

FIRST_NAMES = (
    "James", "Maria", "José", "Linda", "Robert", "Zoë", "Michael", "Patricia", "Ángel", "David", "Jennifer", "William",
    "Renée", "Thomas", "Sarah", "Jürgen", "Karen", "Daniel", "Nancy", "Luis", "Betty", "Mark", "Sandra", "Steven",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Núñez", "O'Brien", "Johnson", "Garcia", "Müller", "Williams", "D'Angelo", "Brown", "Lefèvre", "Jones",
    "Miller", "Davis", "Wilson", "Anderson", "Peña", "Taylor", "Moore", "Jackson", "Martin", "Lee", "Walker", "Hall",
)  # fmt: skip

TRADES = (
    "Electric", "Mechanical", "Plumbing", "Drywall", "Roofing", "Steel Erectors", "Concrete Pumping", "Masonry",
    "Glass & Glazing", "Painting", "Excavating", "Fire Protection", "Flooring", "Elevator Co.", "Paving", "Landscape",
)  # fmt: skip
SUPPLIERS = ("Supply Co.", "Lumber", "Ready Mix", "Steel Service", "Fasteners", "Building Products", "Hardware")
RENTALS = ("Equipment Rental", "Crane Service", "Scaffold Co.", "Trucking")

MATERIALS = (
    "Ready mix 4000 psi", "Rebar #5 grade 60", "2x4x8 SPF stud", 'Gyp board 5/8" type X', "Anchor bolts",
    "PVC pipe 4\"", "Crushed stone #57", "Form release", "Screws & fasteners", "Sealant – exterior", "Safety supplies",
)  # fmt: skip
OTHERS = (
    "Permit fee",
    "Dumpster pull",
    "Per diem",
    "Blueprints",
    "Job trailer rent",
    "Bond premium",
    "Parking & tolls",
)
