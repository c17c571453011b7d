//! The people of the stories.

/// Somebody a rep wants to sell to.
#[derive(Clone, Copy, Debug)]
pub struct Persona {
    pub person: &'static str,
    pub company: &'static str,
    pub job: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
}

/// Decides about IT at a law firm.
pub const JANE: Persona = Persona {
    person: "Jane Doe",
    company: "Acme Legal Ltd",
    job: "IT Manager",
    email: "jane.doe@acme.example",
    phone: "020 7946 0018",
};

/// Owns a chain of dental practices.
pub const OMAR: Persona = Persona {
    person: "Omar Haddad",
    company: "Brightwell Dental",
    job: "Owner",
    email: "omar@brightwell.example",
    phone: "0161 496 0322",
};

/// Runs the office of a haulier.
pub const LIV: Persona = Persona {
    person: "Liv Sørensen",
    company: "Nordhavn Haulage ApS",
    job: "Office Manager",
    email: "liv@nordhavn.example",
    phone: "+44 20 7946 0501",
};

/// HaloPSA's id of the agent who sits at this computer: Priya Raman.
pub const REP: i64 = 4;

/// HaloPSA's id of the agent who works in HaloPSA's own window: Tom Whitfield.
pub const COLLEAGUE: i64 = 5;
