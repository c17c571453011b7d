//! The people who work at the sample MSP.

/// The agent behind the service account.
pub const API_AGENT: i64 = 20;

/// An agent. Id 1 is "Unassigned", as in every HaloPSA.
#[derive(Clone, Copy, Debug)]
pub struct Agent {
    pub id: i64,
    pub name: &'static str,
    pub team: &'static str,
    pub job: &'static str,
    pub colour: &'static str,
    pub disabled: bool,
    /// Signs in by API only and takes no licence.
    pub api: bool,
}

const fn agent(id: i64, name: &'static str, team: &'static str, job: &'static str, colour: &'static str) -> Agent {
    Agent {
        id,
        name,
        team,
        job,
        colour,
        disabled: false,
        api: false,
    }
}

static AGENTS: &[Agent] = &[
    agent(1, "Unassigned", "", "", "#9e9e9e"),
    agent(
        4,
        "Priya Raman",
        "Sales Development",
        "Sales Development Representative",
        "#1e88e5",
    ),
    agent(
        5,
        "Tom Whitfield",
        "Sales Development",
        "Sales Development Representative",
        "#43a047",
    ),
    agent(
        6,
        "Aoife Byrne",
        "Sales Development",
        "Sales Development Representative",
        "#8e24aa",
    ),
    agent(7, "Marcus Hale", "Sales", "Account Executive", "#f4511e"),
    agent(8, "Lena Vogt", "Sales", "Account Executive", "#3949ab"),
    agent(9, "Daniel Okafor", "Sales", "Account Executive", "#00897b"),
    agent(10, "Sofia Marchetti", "Sales", "Sales Director", "#c0ca33"),
    agent(11, "Rhys Pritchard", "Account Management", "Account Manager", "#6d4c41"),
    agent(
        12,
        "Hannah Lindqvist",
        "Account Management",
        "Account Manager",
        "#d81b60",
    ),
    agent(13, "George Adeyemi", "1st Line Support", "Support Engineer", "#546e7a"),
    agent(
        14,
        "Mei Tanaka",
        "2nd Line Support",
        "Senior Support Engineer",
        "#5e35b1",
    ),
    agent(15, "Callum Reid", "Projects", "Project Engineer", "#039be5"),
    Agent {
        disabled: true,
        ..agent(16, "Ines Ferreira", "Sales", "Account Executive", "#7cb342")
    },
    Agent {
        api: true,
        ..agent(API_AGENT, "Leadline Service", "Sales", "API agent", "#757575")
    },
];

impl Agent {
    /// Everybody, "Unassigned" included.
    pub fn all() -> Vec<Self> {
        AGENTS.to_vec()
    }

    /// The name behind an id.
    pub fn name_of(id: i64) -> &'static str {
        AGENTS
            .iter()
            .find(|agent| agent.id == id)
            .map_or("", |agent| agent.name)
    }

    /// Empty for "Unassigned".
    pub fn email(&self) -> String {
        if self.id == 1 {
            return String::new();
        }
        format!("{}@sample-msp.example", self.name.to_lowercase().replace(' ', "."))
    }

    pub fn initials(&self) -> String {
        self.name.split(' ').filter_map(|word| word.chars().next()).collect()
    }
}

/// Who finds and opens leads.
pub const DEVELOPERS: &[i64] = &[4, 5, 6];
/// Who carries prospects and opportunities.
pub const SELLERS: &[i64] = &[7, 8, 9, 11, 12];
/// Who answers service tickets.
pub const ENGINEERS: &[i64] = &[13, 14, 15];
