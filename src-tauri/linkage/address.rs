//! Streets and places as they are compared.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use compact_str::CompactString;

use crate::{agreement::Agreement, text};

/// House number and street.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Street {
    pub number: CompactString,
    /// North, south, east or west, where the street says so.
    direction: Option<char>,
    /// The street's own words, without what kind of way it is.
    words: Vec<CompactString>,
}

/// Town, postcode and country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub city: CompactString,
    pub postcode: CompactString,
    /// ISO code, or the folded name where it is not known.
    pub country: CompactString,
}

/// What kind of way it is.
const WAYS: &[&str] = &[
    "street",
    "st",
    "str",
    "strasse",
    "strase",
    "avenue",
    "ave",
    "av",
    "road",
    "rd",
    "boulevard",
    "blvd",
    "blv",
    "drive",
    "dr",
    "lane",
    "ln",
    "place",
    "pl",
    "court",
    "ct",
    "crescent",
    "cres",
    "circuit",
    "cct",
    "close",
    "cl",
    "parkway",
    "pkwy",
    "highway",
    "hwy",
    "square",
    "sq",
    "terrace",
    "ter",
    "way",
    "rue",
    "via",
    "calle",
    "weg",
    "platz",
    "allee",
    "gata",
    "gatan",
    "vej",
    "laan",
    "straat",
    "plaza",
    "broadway",
];

/// Streets that are counted, in words and in figures.
const ORDINALS: &[(&str, &str)] = &[
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
    ("eleventh", "11th"),
    ("twelfth", "12th"),
];

/// Where the address of the house ends and the room begins.
const ROOMS: &[&str] = &[
    "suite",
    "ste",
    "apt",
    "apartment",
    "unit",
    "floor",
    "fl",
    "room",
    "rm",
    "building",
    "bldg",
    "level",
];

static WAY_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| WAYS.iter().map(|word| text::fold(word)).collect());

static COUNTRY_CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    COUNTRIES
        .iter()
        .flat_map(|(code, names)| names.split('|').map(|name| (text::fold(name), *code)))
        .collect()
});

impl Street {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        number: CompactString::const_new(""),
        direction: None,
        words: Vec::new(),
    };

    /// Reads house number and street as they were typed.
    #[must_use]
    pub fn read(typed: &str) -> Self {
        // `between 5th and 6th` and what follows a comma place the house; they do not name it.
        let line = typed.split([',', ';', '#']).next().unwrap_or_default();
        let folded = text::fold(line);
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let ends = |word: &&str| ROOMS.contains(word) || matches!(*word, "between" | "at" | "near");
        if let Some(end) = words.iter().skip(1).position(ends) {
            words.truncate(end + 1);
        }
        for word in &mut words {
            *word = ORDINALS
                .iter()
                .find(|(name, _)| name == word)
                .map_or(*word, |(_, figure)| figure);
        }
        let is_number = |word: &&str| {
            word.starts_with(|c: char| c.is_ascii_digit())
                && !["st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end))
        };
        let number = match words.iter().position(is_number) {
            Some(at) if words.len() > 1 => words.remove(at).into(),
            _ => CompactString::default(),
        };
        let mut direction = None;
        let mut own: Vec<CompactString> = Vec::with_capacity(words.len());
        for (at, word) in words.iter().enumerate() {
            let compass = match *word {
                "n" | "north" => Some('n'),
                "s" | "south" => Some('s'),
                "e" | "east" => Some('e'),
                "w" | "west" => Some('w'),
                _ => None,
            };
            match compass {
                Some(side) if direction.is_none() && words.len() > 1 => direction = Some(side),
                _ if WAY_WORDS.contains(*word) && (at > 0 || words.len() > 2) => {}
                _ => own.push((*word).into()),
            }
        }
        if own.is_empty() {
            own = words.iter().copied().map(CompactString::from).collect();
        }
        Self {
            number,
            direction,
            words: own,
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The word that names the street.
    #[must_use]
    pub fn name(&self) -> &str {
        self.words.first().map_or("", CompactString::as_str)
    }

    /// The same house; close with a slip in street or number; loose for the same street or a house of that number.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Agreement {
        if self.is_empty() || other.is_empty() {
            return Agreement::Unknown;
        }
        let joined = |street: &Self| {
            street
                .words
                .iter()
                .map(CompactString::as_str)
                .collect::<CompactString>()
        };
        let (mine, theirs) = (joined(self), joined(other));
        let shared = self
            .words
            .iter()
            .any(|word| word.len() > 2 && other.words.contains(word));
        let street = if mine == theirs {
            Agreement::Same
        } else if self.name() == other.name() && self.name().len() > 2 || text::is_slip(&mine, &theirs) {
            Agreement::Close
        } else if shared || text::similarity(&mine, &theirs) > 0.88 {
            Agreement::Loose
        } else {
            Agreement::Different
        };
        let turned = self.direction.zip(other.direction).is_some_and(|(a, b)| a != b);
        let known = !self.number.is_empty() && !other.number.is_empty();
        let same_number = known && self.number == other.number;
        match street {
            Agreement::Same | Agreement::Close if turned => Agreement::Loose,
            Agreement::Same if same_number => Agreement::Same,
            Agreement::Close if same_number => Agreement::Close,
            Agreement::Loose if same_number => Agreement::Close,
            Agreement::Same | Agreement::Close => Agreement::Loose,
            _ => Agreement::Different,
        }
    }
}

impl Place {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        city: CompactString::const_new(""),
        postcode: CompactString::const_new(""),
        country: CompactString::const_new(""),
    };

    /// Reads town, postcode and country as they were typed.
    #[must_use]
    pub fn read(city: &str, postcode: &str, country: &str) -> Self {
        let country = text::fold(country);
        let code = COUNTRY_CODES.get(&country).copied();
        Self {
            city: text::fold(city).into(),
            postcode: text::fold(postcode).split(' ').collect(),
            country: code.unwrap_or(&country).into(),
        }
    }

    /// How the towns agree: close is a slip of the hand, or a longer name of the same town.
    #[must_use]
    pub fn compare_city(&self, other: &Self) -> Agreement {
        // `New York` and `New York City`, `Frankfurt` and `Frankfurt am Main`.
        let begins = |long: &str, short: &str| {
            !short.is_empty() && long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
        };
        if begins(&self.city, &other.city) || begins(&other.city, &self.city) {
            return Agreement::Close;
        }
        graded(&self.city, &other.city)
    }

    /// How the postcodes agree: close is one wrong character.
    #[must_use]
    pub fn compare_postcode(&self, other: &Self) -> Agreement {
        graded(&self.postcode, &other.postcode)
    }

    /// Whether both name a country, and not the same one.
    #[must_use]
    pub fn is_abroad_of(&self, other: &Self) -> bool {
        !self.country.is_empty() && !other.country.is_empty() && self.country != other.country
    }
}

fn graded(a: &str, b: &str) -> Agreement {
    if a.is_empty() || b.is_empty() {
        Agreement::Unknown
    } else if a == b {
        Agreement::Same
    } else if text::is_slip(a, b) {
        Agreement::Close
    } else if a.len() > 3 && b.len() > 3 && text::similarity(a, b) > 0.85 {
        Agreement::Loose
    } else {
        Agreement::Different
    }
}

/// Countries by what files call them.
const COUNTRIES: &[(&str, &str)] = &[
    ("gb", "gb|uk|united kingdom|great britain|england|scotland|wales|gbr"),
    ("us", "us|usa|united states|united states of america|america"),
    ("de", "de|germany|deutschland|deu"),
    ("fr", "fr|france|fra"),
    ("es", "es|spain|espana|esp"),
    ("it", "it|italy|italia|ita"),
    ("nl", "nl|netherlands|the netherlands|holland|nederland|nld"),
    ("se", "se|sweden|sverige|swe"),
    ("pl", "pl|poland|polska|pol"),
    ("ca", "ca|canada|can"),
    ("au", "au|australia|aus"),
    ("nz", "nz|new zealand|nzl"),
    ("ie", "ie|ireland|irl|eire"),
    ("at", "at|austria|osterreich|aut"),
    ("ch", "ch|switzerland|schweiz|suisse|che"),
    ("be", "be|belgium|belgique|belgie|bel"),
    ("dk", "dk|denmark|danmark|dnk"),
    ("no", "no|norway|norge|nor"),
    ("fi", "fi|finland|suomi|fin"),
    ("pt", "pt|portugal|prt"),
    ("cz", "cz|czech republic|czechia|cze"),
    ("hu", "hu|hungary|hun"),
    ("ro", "ro|romania|rou"),
    ("gr", "gr|greece|grc"),
    ("in", "in|india|ind"),
    ("cn", "cn|china|chn"),
    ("jp", "jp|japan|jpn"),
    ("br", "br|brazil|brasil|bra"),
    ("mx", "mx|mexico|mex"),
    ("za", "za|south africa|zaf"),
    ("ae", "ae|united arab emirates|uae|are"),
    ("sg", "sg|singapore|sgp"),
    ("il", "il|israel|isr"),
    ("tr", "tr|turkey|turkiye|tur"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_graded() {
        for (a, b, expected) in [
            ("7946 S. Ashland", "7946 South Ashland Avenue", Agreement::Same),
            (
                "435 s. la cienega blv.",
                "435 S La Cienega Blvd., Suite 4",
                Agreement::Same,
            ),
            ("221 E. 51st St.", "221 East 51st Street", Agreement::Same),
            ("Hauptstraße 12", "12 Hauptstrasse", Agreement::Same),
            ("8 stanley street", "8 stanely street", Agreement::Close),
            ("650 E. 85th St", "650 E. 91st Pl.", Agreement::Different),
            ("100 N State", "100 S State", Agreement::Loose),
            ("7946 S Ashland", "7949 S Ashland", Agreement::Loose),
            (
                "854 7th ave.  between 54th and 55th sts.",
                "854 Seventh Ave",
                Agreement::Same,
            ),
            ("1 Main St", "", Agreement::Unknown),
        ] {
            let (x, y) = (Street::read(a), Street::read(b));
            assert_eq!(x.compare(&y), expected, "{x:?} {y:?}");
            assert_eq!(y.compare(&x), expected, "{y:?} {x:?}");
        }
    }

    #[test]
    fn places_are_graded() {
        let place = |country| Place::read("London", "SW1A 1AA", country);
        assert!(!place("UK").is_abroad_of(&place("United Kingdom")));
        assert!(place("GB").is_abroad_of(&place("Deutschland")));
        assert!(!place("GB").is_abroad_of(&place("")));
        let (london, lonon) = (Place::read("London", "", ""), Place::read("Lonon", "", ""));
        assert_eq!(london.compare_city(&lonon), Agreement::Close);
        let (city, short) = (Place::read("New York City", "", ""), Place::read("new york", "", ""));
        assert_eq!(city.compare_city(&short), Agreement::Close);
    }
}
