//! Invented companies. Their domains end in `.example`; their telephone numbers are the ones each country keeps for films
//! and books, where it keeps some.

use super::{
    countries::{COUNTRIES, Country},
    dice::Dice,
};

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
