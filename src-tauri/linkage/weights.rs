//! How much each grade of each aspect speaks for or against: log-likelihood ratios in bits (Fellegi and Sunter).
//!
//! # Where the numbers come from
//! [`estimate`](crate::estimate) ran over five public and synthetic sets without looking at their labels: persons with
//! address and date of birth (FEBRL 4, 5,000 against 5,000), persons with e-mail and many slips (Splink's *fake 1000*),
//! business contacts with company, telephone and profile (invented, 10,000 against 10,000), restaurants (Fodor's and
//! Zagat's), and sites of organisations (Chicago's early learning). For persons the estimates of the three sets agree
//! within a bit or two where a set knows the aspect at all; the shipped weight is their middle, rounded to half a bit.
//! Three kinds of number are held by hand instead, because the mixture cannot see them:
//!
//! - Grades of *different* among business contacts. Colleagues and namesakes share so many keys that the estimate takes
//!   some of them for matches, and finds that matches often differ. The values of the sets without companies are used.
//! - *Loose* grades of company and mailbox, for the same reason: a subsidiary and a namesake look like a match.
//! - Grades that a set hardly has (a profile that is nearly the same): nothing.
//!
//! One table serves all kinds of data; nothing is tuned to one of them. The thresholds of [`decide`](crate::decide) belong
//! to this table.
//!
//! # Own weights
//! `leadline weights --estimate` runs the same estimate over somebody's own tickets, or over two files, and keeps what
//! comes out for imports and for the look for duplicates; `leadline weights --shipped` goes back to this table. An
//! estimate holds the grades of *different*, and the loose ones of company and mailbox, as they are here, for the reasons
//! above. Own weights move the order and the thresholds' edge; what must never be merged by machine is forbidden by rules,
//! not by weights.

use crate::{agreement::Agreement, compare::Aspect, record::Kind};

/// What one aspect is worth, in bits. What is not known is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    pub same: f32,
    pub close: f32,
    pub loose: f32,
    pub different: f32,
}

impl Worth {
    /// The bits of the grades, most agreement first.
    #[must_use]
    pub fn grades(&self) -> [f32; 4] {
        [self.same, self.close, self.loose, self.different]
    }

    /// The bits of one grade.
    #[must_use]
    pub fn of(&self, grade: Agreement) -> f32 {
        match grade {
            Agreement::Unknown => 0.0,
            Agreement::Same => self.same,
            Agreement::Close => self.close,
            Agreement::Loose => self.loose,
            Agreement::Different => self.different,
        }
    }
}

impl From<[f32; 4]> for Worth {
    fn from([same, close, loose, different]: [f32; 4]) -> Self {
        worth(same, close, loose, different)
    }
}

const fn worth(same: f32, close: f32, loose: f32, different: f32) -> Worth {
    Worth {
        same,
        close,
        loose,
        different,
    }
}

/// Weights for persons and for organisations.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub person: [Worth; 12],
    pub organisation: [Worth; 12],
}

impl Weights {
    /// What an aspect is worth.
    #[must_use]
    pub fn worth(&self, kind: Kind, aspect: Aspect) -> Worth {
        let table = match kind {
            Kind::Person => &self.person,
            Kind::Organisation => &self.organisation,
        };
        table.get(aspect as usize).copied().unwrap_or(worth(0.0, 0.0, 0.0, 0.0))
    }
}

/// The weights that Leadline ships.
pub const SHIPPED: Weights = Weights {
    person: [
        worth(7.5, 5.5, 2.0, -3.5),   // first name
        worth(8.0, 6.0, 4.5, -3.5),   // last name
        worth(6.5, 5.0, 1.0, -4.0),   // company
        worth(12.0, 9.0, 3.0, -1.5),  // mail
        worth(8.0, 4.5, 2.0, -1.0),   // phone
        worth(13.0, 0.0, 0.0, -5.0),  // profile
        worth(3.0, 1.0, 0.0, -1.0),   // title
        worth(10.0, 5.0, 1.5, -4.0),  // birth
        worth(11.5, 9.0, 4.0, -3.0),  // street
        worth(4.5, 3.5, 1.0, -2.0),   // city
        worth(8.0, 3.5, 0.0, -4.0),   // postcode
        worth(12.0, 10.0, 0.0, -4.5), // identifier
    ],
    organisation: [
        worth(0.0, 0.0, 0.0, 0.0),    // first name
        worth(0.0, 0.0, 0.0, 0.0),    // last name
        worth(10.5, 8.0, 4.5, -4.0),  // name
        worth(12.0, 9.0, 1.0, -1.0),  // mail
        worth(10.5, 6.0, 3.0, -2.5),  // phone
        worth(12.0, 0.0, 0.0, -4.0),  // profile
        worth(0.0, 0.0, 0.0, 0.0),    // title
        worth(0.0, 0.0, 0.0, 0.0),    // birth
        worth(11.5, 9.5, 2.0, -4.0),  // street
        worth(1.5, 1.0, 0.0, -1.5),   // city
        worth(5.0, 0.0, 0.0, -4.0),   // postcode
        worth(12.0, 10.0, 0.0, -4.5), // identifier
    ],
};
