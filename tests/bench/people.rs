//! People who do not exist, at companies that do not exist: as many as are wanted, the same ones every time.

const FIRST: [&str; 40] = [
    "Ada", "Amir", "Anke", "Astrid", "Bo", "Carla", "Chidi", "Dara", "Elif", "Emeka", "Fiona", "Goran", "Hana", "Ines",
    "Ivo", "Jamal", "Jana", "Kofi", "Lars", "Leila", "Lucia", "Mads", "Marta", "Mina", "Nadia", "Nils", "Olga", "Omar",
    "Petra", "Priya", "Rafael", "Rosa", "Sanne", "Selin", "Tariq", "Tom", "Uma", "Vera", "Yusuf", "Zoe",
];
const ROOT: [&str; 32] = [
    "Alder", "Barrow", "Birch", "Brad", "Carl", "Clay", "Cold", "Dun", "East", "Elm", "Fair", "Fern", "Glen", "Grey",
    "Hart", "Haw", "Hol", "Kings", "Lang", "Lin", "March", "Mar", "Nor", "Oak", "Pem", "Quarry", "Red", "Rowan",
    "Sand", "Stan", "West", "Wood",
];
const END: [&str; 24] = [
    "bourne", "bridge", "brook", "bury", "by", "cliffe", "combe", "croft", "dale", "den", "don", "field", "ford",
    "gate", "ham", "hurst", "land", "ley", "more", "shaw", "stead", "ton", "well", "worth",
];
const TRADE: [&str; 20] = [
    "Accounting",
    "Architects",
    "Care",
    "Catering",
    "Chemicals",
    "Clinics",
    "Dental",
    "Energy",
    "Engineering",
    "Estates",
    "Foods",
    "Freight",
    "Insurance",
    "Law",
    "Logistics",
    "Metals",
    "Paper",
    "Schools",
    "Systems",
    "Travel",
];
const FORM: [&str; 5] = ["Ltd", "PLC", "LLP", "GmbH", "Inc"];

/// Somebody.
pub struct Person {
    pub first: &'static str,
    pub last: String,
    pub company: String,
    pub email: String,
    /// As it would be typed in Great Britain.
    pub phone: String,
    pub website: String,
}

/// The person with that number; about one in three is a colleague of the one before.
pub fn person(number: u32) -> Person {
    let n = number as usize;
    let company_number = n - n / 3;
    let place = pick(&ROOT, company_number).to_owned() + pick(&END, company_number / ROOT.len());
    let trade = pick(&TRADE, company_number / (ROOT.len() * END.len()));
    let batch = company_number / (ROOT.len() * END.len() * TRADE.len());
    let house = if batch == 0 { place } else { format!("{place} {batch}") };
    let domain = format!(
        "{}-{}.example",
        house.to_lowercase().replace(' ', "-"),
        trade.to_lowercase()
    );
    let first = pick(&FIRST, n * 7 + n / 40);
    let last = pick(&ROOT, n * 5 + n / 11).to_owned() + pick(&END, n * 3 + n / 101);
    Person {
        email: format!("{}.{}{}@{domain}", first.to_lowercase(), last.to_lowercase(), n % 97),
        phone: format!("07{:03} {:06}", 400 + number / 1_000_000 % 500, number % 1_000_000),
        website: format!("https://{domain}"),
        company: format!("{house} {trade} {}", pick(&FORM, company_number)),
        first,
        last,
    }
}

pub fn pick<'a>(all: &[&'a str], number: usize) -> &'a str {
    all.get(number % all.len()).copied().unwrap_or_default()
}
