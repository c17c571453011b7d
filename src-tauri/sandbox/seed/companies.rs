//! Invented companies. Their domains end in `.example`; their telephone numbers are the ones each country keeps for films
//! and books, where it keeps some.

use super::dice::Dice;

/// A country that the sample MSP sells to.
#[derive(Debug)]
pub struct Country {
    pub name: &'static str,
    /// How companies of that country are numbered among 20.
    share: &'static [u64],
    firsts: &'static [&'static str],
    /// A word of the name and the industry it stands for.
    trades: &'static [(&'static str, &'static str)],
    forms: &'static [&'static str],
    towns: &'static [Town],
    streets: &'static [&'static str],
    pub first_names: &'static [&'static str],
    pub surnames: &'static [&'static str],
}

/// A town with its telephone prefix, as dialled inside the country and from abroad, and a part of its postcodes.
#[derive(Debug)]
struct Town {
    name: &'static str,
    national: &'static str,
    international: &'static str,
    /// How many digits follow the prefix.
    digits: usize,
    postcode: &'static str,
}

const fn town(
    name: &'static str,
    national: &'static str,
    international: &'static str,
    digits: usize,
    postcode: &'static str,
) -> Town {
    Town {
        name,
        national,
        international,
        digits,
        postcode,
    }
}

/// What a country without towns would have.
static NOWHERE: Town = town("", "", "", 3, "");

impl Country {
    fn town(&self, index: u64) -> &'static Town {
        let index = usize::try_from(index % self.towns.len() as u64).unwrap_or(0);
        self.towns.get(index).unwrap_or(&NOWHERE)
    }
}

/// An invented company.
#[derive(Clone, Debug)]
pub struct Company {
    pub number: u64,
    pub country: &'static Country,
    /// With its legal form.
    pub name: String,
    pub domain: String,
    pub industry: &'static str,
    pub town: &'static str,
    pub street: String,
    pub postcode: String,
    pub headcount: i64,
    pub founded: i64,
    /// The switchboard, as one writes it in the country.
    pub phone: String,
    /// The switchboard for callers from abroad.
    pub phone_abroad: String,
}

impl Company {
    /// The company of that number: always the same one, never of the same name as another.
    pub fn new(seed: u64, number: u64) -> Self {
        let slot = number % 20;
        let country = COUNTRIES
            .iter()
            .find(|country| country.share.contains(&slot))
            .unwrap_or(&COUNTRIES[0]);
        let within = country.share.iter().position(|share| *share == slot).unwrap_or(0) as u64;
        // The how-manieth company of its country.
        let index = number / 20 * country.share.len() as u64 + within;
        let mut dice = Dice::new(seed, 1, number);

        let (firsts, trades) = (country.firsts.len() as u64, country.trades.len() as u64);
        let (turn, round) = (index % (firsts * trades), index / (firsts * trades));
        let first = at(country.firsts, turn % firsts);
        // The second word moves on with every use of the first, so that neighbours do not share it.
        let (trade, industry) = at(country.trades, (turn / firsts + turn % firsts) % trades);
        let towns = country.towns.len() as u64;
        // Once the names are used up they come again with a town's name behind, and the company is in that town.
        let (town, line) = match round {
            0 => (country.town(index + index / towns), index / towns),
            _ => (country.town(round - 1), index),
        };
        let mut base = format!("{first} {trade}");
        if round > 0 {
            base = format!("{base} {}", town.name);
            if round > towns {
                base = format!("{base} {}", round / towns + 1);
            }
        }
        let line = line % 10_u64.pow(u32::try_from(town.digits).unwrap_or(3));
        let line = format!("{line:0width$}", width = town.digits);
        let headcount = match dice.below(100) {
            0..12 => dice.between(4, 9),
            12..52 => dice.between(10, 50),
            52..84 => dice.between(51, 200),
            84..96 => dice.between(201, 900),
            _ => dice.between(1001, 4200),
        };
        Self {
            number,
            country,
            name: format!("{base} {}", dice.pick(country.forms)).trim_end().to_owned(),
            domain: format!("{}.example", slug(&base)),
            industry,
            town: town.name,
            street: format!("{} {}", dice.between(1, 180), dice.pick(country.streets)),
            postcode: postcode(town.postcode, &mut dice),
            headcount,
            founded: dice.between(1948, 2021),
            phone: format!("{}{line}", town.national),
            phone_abroad: format!("{}{line}", town.international),
        }
    }

    /// The bracket of the custom field "Employee range", as option id.
    pub fn employee_range(&self) -> i64 {
        match self.headcount {
            ..10 => 1,
            10..51 => 2,
            51..201 => 3,
            201..1001 => 4,
            1001..5001 => 5,
            _ => 6,
        }
    }

    /// The bracket of the custom field "Revenue range", as option id.
    pub fn revenue_range(&self) -> i64 {
        match self.headcount {
            ..10 => 1,
            10..40 => 2,
            40..180 => 3,
            180..700 => 4,
            700..3000 => 5,
            _ => 6,
        }
    }

    /// Town and country in one line.
    pub fn location(&self) -> String {
        format!("{}, {}", self.town, self.country.name)
    }
}

fn at<T: Copy + Default>(items: &[T], index: u64) -> T {
    usize::try_from(index)
        .ok()
        .and_then(|index| items.get(index))
        .copied()
        .unwrap_or_default()
}

/// Fills a pattern: `#` is a digit, `@` a letter that postcodes use.
fn postcode(pattern: &str, dice: &mut Dice) -> String {
    pattern
        .chars()
        .map(|c| match c {
            '#' => char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0)),
            '@' => dice.pick(&[
                'A', 'B', 'D', 'E', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z',
            ]),
            other => other,
        })
        .collect()
}

/// Letters and digits only, as in a domain or the local part of an address.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'é' | 'è' | 'ê' | 'ë' => slug.push('e'),
            'á' | 'à' | 'â' => slug.push('a'),
            'í' | 'ï' | 'î' => slug.push('i'),
            'ó' | 'ô' => slug.push('o'),
            'ú' | 'û' => slug.push('u'),
            'ç' => slug.push('c'),
            '&' => slug.push_str("and"),
            _ => {}
        }
    }
    slug
}

const HEALTH: &str = "Healthcare";
const LEGAL: &str = "Legal";
const FINANCE: &str = "Financial services";
const FACTORY: &str = "Manufacturing";
const RETAIL: &str = "Retail";
const BUILDING: &str = "Construction";
const SCHOOL: &str = "Education";
const ADVICE: &str = "Professional services";
const TECH: &str = "Technology";
const CHARITY: &str = "Non-profit";

static COUNTRIES: [Country; 6] = [
    Country {
        name: "United Kingdom",
        share: &[0, 2, 4, 6, 8, 10, 12, 14, 16],
        firsts: &[
            "Ashdown",
            "Bramley",
            "Calder",
            "Dunmore",
            "Eastgate",
            "Fairfax",
            "Granby",
            "Harrow Lane",
            "Ivybridge",
            "Kestrel",
            "Langley",
            "Marlowe",
            "Netherby",
            "Oakfield",
            "Pennine",
            "Quayside",
            "Redfern",
            "Silverdale",
            "Thornbury",
            "Underwood",
            "Vale",
            "Westbrook",
            "Yarrow",
            "Beacon Hill",
            "Castlegate",
            "Druridge",
            "Elmtree",
            "Foxglove",
            "Greyfriars",
            "Highcliffe",
            "Juniper",
            "Kingsmead",
            "Larkfield",
            "Millrace",
            "Northolt",
            "Old Mill",
            "Priory",
            "Ravenscroft",
            "Stonebridge",
            "Tidewater",
            "Weald",
            "Whitestone",
            "Abbots",
            "Birchwood",
            "Cotswold",
            "Drummond",
            "Everdale",
            "Finch & Marsh",
            "Goldcrest",
            "Hollin",
            "Ironbridge",
            "Kirkstall",
            "Lockwood",
            "Moorland",
            "Nightingale",
            "Orchard",
            "Peregrine",
            "Rowan",
            "Saltmarsh",
        ],
        trades: &[
            ("Dental", HEALTH),
            ("Solicitors", LEGAL),
            ("Engineering", FACTORY),
            ("Accountants", FINANCE),
            ("Logistics", "Transport"),
            ("Homes", BUILDING),
            ("Veterinary", HEALTH),
            ("Architects", ADVICE),
            ("Foods", FACTORY),
            ("Wealth", FINANCE),
            ("Academy", SCHOOL),
            ("Care Homes", HEALTH),
            ("Packaging", FACTORY),
            ("Insurance", FINANCE),
            ("Interiors", RETAIL),
            ("Joinery", BUILDING),
            ("Recruitment", ADVICE),
            ("Precision", FACTORY),
            ("Opticians", HEALTH),
            ("Surveyors", ADVICE),
            ("Hotels", "Hospitality"),
            ("Software", TECH),
            ("Housing Trust", CHARITY),
            ("Garden Centres", RETAIL),
            ("Print", FACTORY),
            ("Conveyancing", LEGAL),
            ("Scaffolding", BUILDING),
            ("Physiotherapy", HEALTH),
            ("Outdoor", RETAIL),
        ],
        forms: &["Ltd", "Ltd", "Limited", "LLP", "plc", "Ltd"],
        towns: &[
            town("London", "020 7946 0", "+44 20 7946 0", 3, "EC#A #@@"),
            town("Manchester", "0161 496 0", "+44 161 496 0", 3, "M# #@@"),
            town("Birmingham", "0121 496 0", "+44 121 496 0", 3, "B# #@@"),
            town("Leeds", "0113 496 0", "+44 113 496 0", 3, "LS# #@@"),
            town("Bristol", "0117 496 0", "+44 117 496 0", 3, "BS# #@@"),
            town("Glasgow", "0141 496 0", "+44 141 496 0", 3, "G# #@@"),
            town("Sheffield", "0114 496 0", "+44 114 496 0", 3, "S# #@@"),
            town("Edinburgh", "0131 496 0", "+44 131 496 0", 3, "EH# #@@"),
            town("Nottingham", "0115 496 0", "+44 115 496 0", 3, "NG# #@@"),
            town("Leicester", "0116 496 0", "+44 116 496 0", 3, "LE# #@@"),
            town("Liverpool", "0151 496 0", "+44 151 496 0", 3, "L# #@@"),
            town("Cardiff", "029 2018 0", "+44 29 2018 0", 3, "CF# #@@"),
            town("Reading", "0118 496 0", "+44 118 496 0", 3, "RG# #@@"),
            town("Newcastle", "0191 498 0", "+44 191 498 0", 3, "NE# #@@"),
        ],
        streets: &[
            "High Street",
            "Station Road",
            "Mill Lane",
            "Victoria Street",
            "Park Row",
            "Castle Street",
            "Church Road",
            "Kings Road",
            "Wharf Street",
            "Priory Lane",
        ],
        first_names: &[
            "Alice",
            "Benjamin",
            "Charlotte",
            "David",
            "Eleanor",
            "Fatima",
            "George",
            "Harriet",
            "Imran",
            "Jessica",
            "Katherine",
            "Liam",
            "Megan",
            "Nathan",
            "Olivia",
            "Peter",
            "Rachel",
            "Samuel",
            "Tanya",
            "Victor",
            "Wendy",
            "Yasmin",
            "Andrew",
            "Bethany",
            "Christopher",
            "Deborah",
            "Edward",
            "Fiona",
            "Gareth",
            "Hazel",
            "Ian",
            "Joanna",
            "Kevin",
            "Lucy",
            "Mohammed",
            "Nicola",
            "Owen",
            "Priti",
            "Robert",
            "Sarah",
            "Thomas",
            "Zoe",
        ],
        surnames: &[
            "Abbott",
            "Barker",
            "Carter",
            "Dawson",
            "Ellis",
            "Farrow",
            "Gibson",
            "Hughes",
            "Iqbal",
            "Jennings",
            "Khan",
            "Lawson",
            "Morris",
            "Newton",
            "Osborne",
            "Patel",
            "Quinn",
            "Roberts",
            "Shaw",
            "Turner",
            "Underhill",
            "Vaughan",
            "Walker",
            "Young",
            "Ahmed",
            "Bennett",
            "Clarke",
            "Davies",
            "Edwards",
            "Fletcher",
            "Grant",
            "Holmes",
            "Jarvis",
            "Kaur",
            "Lloyd",
            "McAllister",
            "Nash",
            "O'Connor",
            "Palmer",
            "Reynolds",
            "Sutton",
            "Thornton",
            "Whitaker",
        ],
    },
    Country {
        name: "United States",
        share: &[1, 7, 13, 19],
        firsts: &[
            "Alder Creek",
            "Bluestem",
            "Cedar Ridge",
            "Dogwood",
            "Evergreen",
            "Flint Hills",
            "Granite Peak",
            "Harbor",
            "Iron Horse",
            "Juniper Bay",
            "Keystone Valley",
            "Lakeshore",
            "Magnolia",
            "Northstar",
            "Oak Hollow",
            "Prairie",
            "Quail Run",
            "Riverbend",
            "Summit",
            "Timberline",
            "Union Square",
            "Vista Grande",
            "Wildflower",
            "Yellowpine",
            "Blue Heron",
            "Copper Canyon",
            "Desert Sky",
            "Eagle Rock",
            "Front Range",
            "Golden Gate West",
            "High Plains",
            "Lone Oak",
        ],
        trades: &[
            ("Family Dentistry", HEALTH),
            ("Legal Group", LEGAL),
            ("Manufacturing", FACTORY),
            ("CPA", FINANCE),
            ("Freight", "Transport"),
            ("Builders", BUILDING),
            ("Pediatrics", HEALTH),
            ("Design Studio", ADVICE),
            ("Bakery", FACTORY),
            ("Credit Union", FINANCE),
            ("Charter School", SCHOOL),
            ("Senior Living", HEALTH),
            ("Plastics", FACTORY),
            ("Insurance Group", FINANCE),
            ("Hardware", RETAIL),
            ("Roofing", BUILDING),
            ("Staffing", ADVICE),
            ("Tool & Die", FACTORY),
            ("Vision Care", HEALTH),
            ("Analytics", TECH),
            ("Community Fund", CHARITY),
            ("Outfitters", RETAIL),
        ],
        forms: &["Inc", "Inc.", "LLC", "LLC", "Corp", "Co."],
        towns: &[
            town("Denver", "(303) 555-01", "+1 303 555 01", 2, "802##"),
            town("Chicago", "(312) 555-01", "+1 312 555 01", 2, "606##"),
            town("Austin", "(512) 555-01", "+1 512 555 01", 2, "787##"),
            town("Boston", "(617) 555-01", "+1 617 555 01", 2, "021##"),
            town("Seattle", "(206) 555-01", "+1 206 555 01", 2, "981##"),
            town("Atlanta", "(404) 555-01", "+1 404 555 01", 2, "303##"),
            town("Phoenix", "(602) 555-01", "+1 602 555 01", 2, "850##"),
            town("Portland", "(503) 555-01", "+1 503 555 01", 2, "972##"),
            town("Minneapolis", "(612) 555-01", "+1 612 555 01", 2, "554##"),
            town("Charlotte", "(704) 555-01", "+1 704 555 01", 2, "282##"),
            town("Columbus", "(614) 555-01", "+1 614 555 01", 2, "432##"),
            town("Tampa", "(813) 555-01", "+1 813 555 01", 2, "336##"),
            town("Kansas City", "(816) 555-01", "+1 816 555 01", 2, "641##"),
        ],
        streets: &[
            "Main Street",
            "Oak Avenue",
            "Market Street",
            "2nd Avenue",
            "Maple Drive",
            "Industrial Parkway",
            "Elm Street",
        ],
        first_names: &[
            "Ashley",
            "Brandon",
            "Carmen",
            "Derek",
            "Emily",
            "Frank",
            "Grace",
            "Hector",
            "Isabel",
            "Jason",
            "Kayla",
            "Luis",
            "Madison",
            "Nicholas",
            "Paige",
            "Rebecca",
            "Steven",
            "Tiffany",
            "Vanessa",
            "William",
            "Amber",
            "Brian",
            "Christina",
            "Dwayne",
            "Erica",
            "Jamal",
        ],
        surnames: &[
            "Anderson",
            "Brooks",
            "Castillo",
            "Diaz",
            "Evans",
            "Foster",
            "Garcia",
            "Henderson",
            "Jackson",
            "Kowalski",
            "Lopez",
            "Martinez",
            "Nguyen",
            "Ortiz",
            "Peterson",
            "Ramirez",
            "Sanders",
            "Thompson",
            "Vasquez",
            "Washington",
            "Yates",
            "Bailey",
            "Coleman",
            "Dixon",
            "Freeman",
            "Hayes",
            "Simmons",
        ],
    },
    Country {
        name: "Ireland",
        share: &[3, 11],
        firsts: &[
            "Ardmore",
            "Ballyvale",
            "Clonard",
            "Dunloe",
            "Errigal",
            "Fastnet",
            "Glendale",
            "Inishmore",
            "Kilbride",
            "Liffey",
            "Mullagh",
            "Nephin",
            "Rathmore",
            "Shannon Bridge",
            "Tullamore",
            "Slieve",
            "Corrib",
        ],
        trades: &[
            ("Dairy", FACTORY),
            ("Solicitors", LEGAL),
            ("Pharmacy", HEALTH),
            ("Credit Union", FINANCE),
            ("Medical", HEALTH),
            ("Construction", BUILDING),
            ("Seafoods", FACTORY),
            ("Accountants", FINANCE),
            ("College", SCHOOL),
            ("Systems", TECH),
            ("Furniture", RETAIL),
            ("Hospice", CHARITY),
        ],
        forms: &["Ltd", "Limited", "DAC", "Ltd"],
        towns: &[
            town("Dublin", "01 555 0", "+353 1 555 0", 3, "D02 @###"),
            town("Cork", "021 455 0", "+353 21 455 0", 3, "T12 @###"),
            town("Galway", "091 555 ", "+353 91 555 ", 3, "H91 @###"),
            town("Limerick", "061 555 ", "+353 61 555 ", 3, "V94 @###"),
            town("Waterford", "051 555 ", "+353 51 555 ", 3, "X91 @###"),
        ],
        streets: &[
            "Main Street",
            "Patrick Street",
            "Harbour Road",
            "Mill Road",
            "Abbey Street",
        ],
        first_names: &[
            "Aisling", "Brendan", "Ciara", "Declan", "Emer", "Fergus", "Gráinne", "Niall", "Órla", "Ronan", "Sinéad",
            "Tadhg", "Una", "Conor", "Maeve",
        ],
        surnames: &[
            "Brennan",
            "Collins",
            "Doyle",
            "Fitzgerald",
            "Gallagher",
            "Hennessy",
            "Kavanagh",
            "Lynch",
            "Murphy",
            "Nolan",
            "O'Brien",
            "O'Sullivan",
            "Power",
            "Ryan",
            "Walsh",
            "McCarthy",
        ],
    },
    Country {
        name: "Germany",
        share: &[5, 9, 17],
        firsts: &[
            "Adler",
            "Brandt",
            "Danner",
            "Eichhorn",
            "Falk",
            "Grünwald",
            "Hartmann",
            "Isar",
            "Jäger",
            "Kessler",
            "Lindenhof",
            "Merkur",
            "Neckar",
            "Osterfeld",
            "Pfeiffer",
            "Rheintal",
            "Sommer",
            "Tannenberg",
            "Ullmann",
            "Vogel",
            "Weser",
            "Zeidler",
            "Burgstein",
        ],
        trades: &[
            ("Maschinenbau", FACTORY),
            ("Logistik", "Transport"),
            ("Steuerberatung", FINANCE),
            ("Rechtsanwälte", LEGAL),
            ("Medizintechnik", HEALTH),
            ("Bau", BUILDING),
            ("Werkzeuge", FACTORY),
            ("Möbelhaus", RETAIL),
            ("Softwarehaus", TECH),
            ("Pflegedienst", HEALTH),
            ("Druckerei", FACTORY),
            ("Ingenieure", ADVICE),
            ("Versicherungen", FINANCE),
            ("Stiftung", CHARITY),
        ],
        forms: &["GmbH", "GmbH", "GmbH & Co. KG", "AG"],
        towns: &[
            town("Berlin", "030 23125 ", "+49 30 23125 ", 3, "10###"),
            town("Frankfurt am Main", "069 90009 ", "+49 69 90009 ", 3, "60###"),
            town("Hamburg", "040 66969 ", "+49 40 66969 ", 3, "20###"),
            town("Köln", "0221 4710 ", "+49 221 4710 ", 3, "50###"),
            town("München", "089 99998 ", "+49 89 99998 ", 3, "80###"),
        ],
        streets: &[
            "Hauptstraße",
            "Bahnhofstraße",
            "Gartenweg",
            "Industriestraße",
            "Lindenallee",
            "Marktplatz",
        ],
        first_names: &[
            "Anja", "Bernd", "Claudia", "Dirk", "Elke", "Florian", "Gabriele", "Heike", "Jens", "Katrin", "Lukas",
            "Monika", "Nils", "Petra", "Ralf", "Silke", "Thorsten", "Ulrike", "Jürgen", "Miriam",
        ],
        surnames: &[
            "Albrecht",
            "Bauer",
            "Dietrich",
            "Engel",
            "Fuchs",
            "Große",
            "Hoffmann",
            "Krüger",
            "Lehmann",
            "Maier",
            "Neumann",
            "Peters",
            "Richter",
            "Schäfer",
            "Schulz",
            "Vogt",
            "Weber",
            "Zimmermann",
            "von der Heide",
        ],
    },
    Country {
        name: "Netherlands",
        share: &[15],
        firsts: &[
            "Amstel",
            "Bosveld",
            "Dijkstra",
            "Eemland",
            "Griffioen",
            "Hofstede",
            "Kempen",
            "Lekdijk",
            "Maasvallei",
            "Noordzee",
            "Polderland",
            "Rijnmond",
            "Vechtstroom",
        ],
        trades: &[
            ("Logistiek", "Transport"),
            ("Advocaten", LEGAL),
            ("Techniek", FACTORY),
            ("Zorg", HEALTH),
            ("Bouw", BUILDING),
            ("Accountants", FINANCE),
            ("Bloemen", RETAIL),
            ("Software", TECH),
            ("Onderwijs", SCHOOL),
        ],
        forms: &["B.V.", "BV", "N.V."],
        towns: &[
            town("Amsterdam", "020 794 0", "+31 20 794 0", 3, "10## @@"),
            town("Rotterdam", "010 794 0", "+31 10 794 0", 3, "30## @@"),
            town("Utrecht", "030 794 0", "+31 30 794 0", 3, "35## @@"),
        ],
        streets: &["Hoofdweg", "Stationsplein", "Kerkstraat", "Havenkade"],
        first_names: &[
            "Anouk", "Bart", "Femke", "Joris", "Lotte", "Maarten", "Sanne", "Thijs", "Willem", "Yvonne",
        ],
        surnames: &[
            "Bakker",
            "de Boer",
            "de Vries",
            "Jansen",
            "Kuipers",
            "Mulder",
            "Smit",
            "van den Berg",
            "van Dijk",
            "Visser",
        ],
    },
    Country {
        name: "France",
        share: &[18],
        firsts: &[
            "Armor",
            "Beauséjour",
            "Clairval",
            "Dauphiné",
            "Estuaire",
            "Fontaine",
            "Garonne",
            "Horizon",
            "Lavande",
            "Mistral",
            "Noirval",
            "Provence",
            "Saint-Clair",
        ],
        trades: &[
            ("Transports", "Transport"),
            ("Avocats", LEGAL),
            ("Industrie", FACTORY),
            ("Santé", HEALTH),
            ("Construction", BUILDING),
            ("Conseil", ADVICE),
            ("Assurances", FINANCE),
            ("Vignobles", FACTORY),
            ("Numérique", TECH),
        ],
        forms: &["SARL", "SAS", "SA"],
        towns: &[
            town("Paris", "01 99 00 ", "+33 1 99 00 ", 4, "750##"),
            town("Nantes", "02 61 91 ", "+33 2 61 91 ", 4, "440##"),
            town("Lyon", "04 65 71 ", "+33 4 65 71 ", 4, "690##"),
        ],
        streets: &[
            "rue de la République",
            "avenue Victor Hugo",
            "place du Marché",
            "quai des Brumes",
        ],
        first_names: &[
            "Amélie",
            "Bruno",
            "Camille",
            "Didier",
            "Élodie",
            "François",
            "Hélène",
            "Julien",
            "Nathalie",
            "Olivier",
        ],
        surnames: &[
            "Bernard",
            "Chevalier",
            "Dubois",
            "Fournier",
            "Girard",
            "Lambert",
            "Lefèvre",
            "Moreau",
            "Rousseau",
            "Vidal",
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_companies_share_a_name_or_a_domain() {
        let mut names = HashSet::new();
        let mut domains = HashSet::new();
        for number in 0..40_000 {
            let company = Company::new(7, number);
            assert!(domains.insert(company.domain.clone()), "{}", company.domain);
            let bare = company.name.rsplit_once(' ').map_or("", |(bare, _)| bare).to_owned();
            assert!(names.insert((bare, company.country.name)), "{}", company.name);
            assert!(company.domain.ends_with(".example"));
        }
    }
}
