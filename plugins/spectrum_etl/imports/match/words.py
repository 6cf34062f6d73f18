"""The words of construction companies' names: how each is abbreviated, and how much it tells about which company it is.

Plain data. A word that is in no list here names the company; two companies that differ in it are two companies.
"""

from __future__ import annotations

from collections.abc import Iterator


def _spellings(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.strip().splitlines():
        word, _, others = line.partition(":")
        for other in (word, *others.split()):
            yield other.strip(), word.strip()


_TRADES = """
acoustical: acoustic acoustics acoust ceilings ceiling
aggregate: aggregates agg
air:
architects: architect architecture arch architectural archt
asphalt: asph
automation:
boilers: boiler
brick:
building: bldg bldgs buildings
cabinets: cabinet cabinetry
carpentry: carpenters
civil:
cleaning: cleaners
coatings: coating
concrete: conc
conditioning: cond
construction: const constr constn constru construct
consulting: consultants consultant consult
controls: control
crane: cranes
cutting:
demolition: demo demol
design: designs
doors: door
drilling: drill
drywall:
earthwork: earthworks earthmoving
electric: electrical elec electr elect electricians electrician
elevator: elevators elev
energy:
engineering: engineers engineer eng engr engrg engring
environmental: environment environ envir env
equipment: equip eqpt eqp
erectors: erector erection
excavating: excavation excavators excavator excav exc
exteriors: exterior
fabrication: fabricators fabricating fab
fasteners: fastener
fence: fencing fences
fire:
flooring: floors floor floorcovering
foundations: foundation
framing:
fuel: fuels
gas:
glass: glazing
grading:
gutters: gutter
hardware: hdwe hdw
heating: heat htg
homes: home
insulation: insul insulators
installations: installation installers install
interiors: interior
irrigation:
janitorial:
landscaping: landscape landscapes landscapers ldscp
leasing: lease
lighting:
logistics:
lumber: lbr
machinery: mach
maintenance: maint
manufacturing: mfg manuf manufacturers mfr mfrs
marine:
masonry: masons mason
materials: material matls mtls matl
mechanical: mech mechanicals
metals: metal mtl
millwork: woodwork woodworking woodworks
painting: paint painters painter pntg
paving: pavement pavers
pipe: piping
plastering: plaster
plumbing: plumb plbg plmbg plumbers plumber
pools: pool
precast:
protection: prot
pumps: pump
pumping:
realty: estate
rebar:
refrigeration: refrig
rental: rentals rents rent
restoration: restor
roofing: roof roofers roofs rfg
safety:
sand:
scaffolding: scaffold scaffolds
security:
sheet:
siding:
signs: sign signage
software:
sprinklers: sprinkler
steel: stl
stone:
storage:
supply: supplies sply sup splys
surveying: surveyors surveys survey surv
testing: laboratories laboratory labs lab
tile: tiles tiling
tools: tool
transportation: transp transport trans
trucking: trucks truck trkg
utilities: utility util utils
wallcovering: wallcoverings
waterproofing:
welding: weld welders
windows: window
"""

_WEAK = """
associates: assoc assocs associate associated assn
brothers: bros bro
center: ctr centre
commercial: comml
companies: cos
contracting: contractors contractor contr contrs contract
custom:
development: dev developers
distributing: distribution distributors distributor dist distr
division: div
enterprises: enterprise ent entpr
group: grp groups
holdings: holding
house:
industries: industry industrial ind inds
international: intl int'l
management: mgmt mgt
america: usa us
office: location branch store yard
partners: partner partnership
products: product prod prods
professional:
properties: property prop props
residential:
services: service svcs svc serv svs srvs
solutions: solution soln
sons: son
specialties: specialty specialists specialist spec
systems: system sys
technologies: technology tech technical
works:
"""

#: Other spellings of a word that names a company, or of a part of one.
_PLAIN = """
american: amer
central: cntrl
department: dept
eastern:
first: 1st
fort: ft
general: gen
mount: mt
mountain: mtn
national: natl nat'l
rocky:
saint: st
second: 2nd
southern: so
third: 3rd
university: univ
"""

#: Company forms that are written in several ways.
FORMS = {"incorporated": "inc", "corporation": "corp", "company": "co", "limited": "ltd", "lc": "llc"}

_DIRECTIONS = """
north: no
northeast: ne
northwest: nw
south:
southeast: se
southwest: sw
east:
west:
upper:
lower:
"""

_trades, _weak, _directions = dict(_spellings(_TRADES)), dict(_spellings(_WEAK)), dict(_spellings(_DIRECTIONS))
#: From each spelling to the one that is compared.
SPELLINGS = {**dict(_spellings(_PLAIN)), **_directions, **_weak, **_trades}
#: What a company does: two that do something else are two.
TRADES = frozenset(_trades.values())
#: Words that are added and left out at will.
WEAK = frozenset(_weak.values())
DIRECTIONS = frozenset(_directions.values())
#: Every spelling that is known, so that none of them is taken for a typing error of another.
KNOWN = frozenset(SPELLINGS) | TRADES | WEAK | DIRECTIONS
FILLERS = frozenset({"the", "of", "and", "for", "at", "in", "a", "an", "et", "und", "y", "de", "la"})
#: Remarks that a bookkeeper writes into a name.
REMARKS = ("do not use", "dont use", "do not pay", "duplicate", "inactive", "dnu")
#: Remarks, too, where they stand apart from the name.
REMARKS_APART = frozenset({"old", "new", "1099", "closed", "see", "w9", "one time"})
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_STATES = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, FL Florida,
GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine,
MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska,
NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio,
OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas,
UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming, AB Alberta,
BC British Columbia, MB Manitoba, NB New Brunswick, NS Nova Scotia, ON Ontario, QC Quebec, SK Saskatchewan
"""
#: From a state's letters to its name.
STATES = {
    letters.lower(): name.lower() for letters, _, name in (one.strip().partition(" ") for one in _STATES.split(","))
}
#: Letters that are another word at the end of a name.
_AMBIGUOUS = ("co", "pa", "me", "or", "in", "la", "ma", "de", "md", "al", "ab", "on")
#: From what a state may be called at the end of a name to one word.
STATE_WORDS = {
    **{letters: name.replace(" ", "") for letters, name in STATES.items() if letters not in _AMBIGUOUS},
    **{name.replace(" ", ""): name.replace(" ", "") for name in STATES.values()},
}
#: Mail providers: that two use one tells nothing about who they are.
FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "hotmail.com", "outlook.com", "live.com", "msn.com"}
    | {"aol.com", "icloud.com", "me.com", "mac.com", "comcast.net", "att.net", "sbcglobal.net", "bellsouth.net"}
    | {"verizon.net", "cox.net", "charter.net", "earthlink.net", "centurylink.net", "q.com", "frontier.com"}
    | {"juno.com", "netzero.net", "windstream.net", "protonmail.com", "proton.me", "gmx.de", "gmx.com", "web.de"}
    | {"mail.com", "zoho.com", "rogers.com", "shaw.ca", "telus.net", "bell.net", "roadrunner.com", "rr.com"}
)
#: From each spelling in a street to the one that is compared.
STREETS = dict(
    _spellings("""
avenue: ave av
boulevard: blvd
building: bldg
center: ctr
circle: cir
court: ct
drive: dr
east: e
expressway: expy
floor: fl
freeway: fwy
highway: hwy
lane: ln
north: n
northeast: ne
northwest: nw
parkway: pkwy pky
place: pl
plaza: plz
road: rd
route: rte rt
south: s
southeast: se
southwest: sw
square: sq
street: st str
suite: ste
terrace: ter
trail: trl
unit: apt
west: w
""")
)
