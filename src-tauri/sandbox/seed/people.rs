//! Invented people who work at invented companies.

use super::{
    companies::{Company, slug},
    dice::Dice,
};

/// An invented contact.
#[derive(Clone, Debug)]
pub struct Person {
    pub first: &'static str,
    pub last: &'static str,
    pub title: &'static str,
    /// Option ids of the custom fields "Management level" and "Department".
    pub level: i64,
    pub department: i64,
    pub email: String,
    /// Empty where the ranges kept for fiction are used up.
    pub mobile: String,
}

/// Title, management level, department.
static TITLES: &[(&str, i64, i64)] = &[
    ("IT Manager", 4, 1),
    ("Managing Director", 1, 3),
    ("Finance Director", 3, 2),
    ("Operations Manager", 4, 3),
    ("Head of IT", 3, 1),
    ("Chief Operating Officer", 1, 3),
    ("Practice Manager", 4, 3),
    ("Office Manager", 4, 3),
    ("CTO", 1, 1),
    ("IT Administrator", 5, 1),
    ("VP of Operations", 2, 3),
    ("HR Manager", 4, 6),
    ("CEO", 1, 9),
    ("CFO", 1, 2),
    ("Compliance Officer", 5, 7),
    ("Systems Engineer", 5, 8),
    ("Marketing Manager", 4, 5),
    ("Sales Director", 3, 4),
    ("VP of Engineering", 2, 8),
];

impl Person {
    /// The `nth` contact at a company.
    pub fn new(seed: u64, company: &Company, nth: u64) -> Self {
        let mut dice = Dice::new(seed, 2, company.number * 8 + nth);
        let country = company.country;
        let (first, last) = (dice.pick(country.first_names), dice.pick(country.surnames));
        let (title, level, department) = dice.pick(TITLES);
        let email = match dice.below(10) {
            0 => format!(
                "{}{}@{}",
                slug(first).chars().take(1).collect::<String>(),
                slug(last),
                company.domain
            ),
            1 => format!("{}@{}", slug(first), company.domain),
            _ => format!("{}.{}@{}", slug(first), slug(last), company.domain),
        };
        let mobile = if nth == 0 {
            mobile(country.name, company.number, &mut dice)
        } else {
            String::new()
        };
        Self {
            first,
            last,
            title,
            level,
            department,
            email,
            mobile,
        }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// A mobile number out of the ranges kept for films and books. Only so many people can have one.
fn mobile(country: &str, company: u64, dice: &mut Dice) -> String {
    let turn = company / 20;
    match country {
        "United Kingdom" if company.is_multiple_of(4) && company / 4 < 1000 => match dice.below(3) {
            0 => format!("+44 7700 900{:03}", company / 4),
            1 => format!("07700 900{:03}", company / 4),
            _ => format!("07700900{:03}", company / 4),
        },
        "France" if turn < 10_000 => format!("06 39 98 {:02} {:02}", turn / 100, turn % 100),
        "Germany" if turn < 100 && company % 20 == 9 => format!("0171 39200{turn:02}"),
        _ => String::new(),
    }
}
