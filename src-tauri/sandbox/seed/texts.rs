//! What people at an MSP write down.

pub static RESEARCH: &[&str] = &[
    "Checked the website and the register: growing, two vacancies for support roles, so IT is stretched.",
    "Uses Microsoft 365 on a mix of plans, no sign of managed endpoint protection. Worth a security angle.",
    "Their current provider's contract is said to end this spring. Ask when notice has to be given.",
    "Opened a second site last year. Likely to need networking and a single phone system.",
    "Failed a customer's supplier audit on backups according to the trade press. Handle with tact.",
    "Small internal IT team, asks for co-managed support on forums. Good fit.",
];

pub static CALLS_OUT: &[&str] = &[
    "Left a message with reception and asked for a call back.",
    "No answer, will try again in the morning.",
    "Spoke briefly, asked me to send an overview by e-mail first.",
    "Good talk: they lose half a day a month to printer and VPN trouble. Interested in a health check.",
    "Gatekeeper said the best time is before nine.",
    "Voicemail. Mentioned the webinar on ransomware drills.",
    "They asked for references in their own industry.",
    "Number rings out; reception gave the direct line.",
];

pub static CALLS_DEAL: &[&str] = &[
    "Went through the proposal line by line. They want the backup for servers only.",
    "They compare us with one other provider. Price is close, response times are our advantage.",
    "Finance asks for monthly billing in advance and a 12-month term.",
    "Agreed to a site survey next week.",
    "They are waiting for the board meeting at the end of the month.",
    "Asked for two more reference customers; sent the details.",
];

pub static NOTES: &[&str] = &[
    "Prefers e-mail. Works from home on Fridays.",
    "Met at the chamber of commerce breakfast, friendly.",
    "Decision will be taken by the owner together with the finance lead.",
    "Has had a phishing incident in the spring; the board is now listening.",
    "Wants to move the file server to SharePoint before the lease ends.",
    "Asked for a fixed price per user, no surprises.",
];

pub static EMAILS: &[(&str, &str)] = &[
    (
        "Your IT health check",
        "Thank you for your time today. As promised, here is what the health check covers and how long it takes.",
    ),
    (
        "Following up",
        "I tried to reach you by telephone. Would Tuesday or Thursday morning suit you for fifteen minutes?",
    ),
    (
        "References in your industry",
        "Here are two customers of about your size who are happy to talk about us.",
    ),
    (
        "Proposal",
        "Attached is our proposal as discussed. I have kept the backup separate so that you can decide on it later.",
    ),
];

pub static MEETINGS: &[&str] = &[
    "Discovery meeting on site: toured the server room, took an inventory, met the office manager.",
    "Video call with the finance lead and the owner. They like the fixed price.",
    "Presented the roadmap. Questions about the migration weekend and who is on call.",
];

pub static SERVICES: &[&str] = &[
    "Managed support",
    "Co-managed IT",
    "Microsoft 365",
    "Managed backup",
    "Endpoint protection",
    "Network refresh",
    "Telephony",
    "Security awareness training",
    "Cyber Essentials readiness",
    "Server migration",
];

pub static GROWTH: &[&str] = &[
    "Hiring for three roles",
    "New branch opened",
    "Took over a competitor",
    "Revenue up by a fifth",
    "Won a public contract",
];

pub static STACK: &[&str] = &[
    "Microsoft 365",
    "Windows Server 2016",
    "Sage 50",
    "Salesforce",
    "Sophos",
    "VMware",
    "Google Workspace",
    "Xero",
    "On-premises Exchange",
    "AutoCAD",
    "Dynamics 365",
    "Fortinet",
];

pub static INTENT: &[&str] = &[
    "managed detection and response",
    "IT support near me",
    "SharePoint migration",
    "Cyber Essentials",
    "VoIP for business",
];

pub static PROJECTS: &[&str] = &[
    "Office move in the summer",
    "File server to SharePoint",
    "New telephone system",
    "Windows 11 roll-out",
    "ISO 27001",
];

pub static PAIN: &[&str] = &[
    "Support takes days; staff fix things themselves.",
    "No tested backup, and the insurer is asking.",
    "Two sites on separate networks that do not talk to each other.",
    "Ageing server, parts no longer available.",
    "No one owns security since the IT manager left.",
];

pub static BUDGETS: &[&str] = &[
    "10k-25k a year",
    "25k-50k a year",
    "50k-100k a year",
    "1,500 a month",
    "Not fixed, case by case",
];

pub static TIMEFRAMES: &[&str] = &[
    "This quarter",
    "Next quarter",
    "Within six months",
    "Before the contract ends",
    "By the end of the year",
];

pub static COMPETITORS: &[&str] = &[
    "Brightwave IT",
    "Northpoint Systems",
    "their current provider",
    "an internal hire",
    "TechHaven",
];

pub static WON: &[&str] = &[
    "Response times and references",
    "Fixed price per user",
    "Security expertise",
    "Local engineers",
    "Fastest to a clear proposal",
];

pub static LOST: &[&str] = &[
    "Price",
    "Stayed with the current provider",
    "Budget was cut",
    "Chose an internal hire",
    "No decision in time",
    "Missing a feature they insisted on",
];

pub static TAGS: &[&str] = &[
    "Spring campaign",
    "Webinar",
    "Cyber Essentials",
    "Key account",
    "Trade fair",
];

/// What service tickets are about, with a category.
pub static INCIDENTS: &[(&str, &str)] = &[
    ("Laptop does not start after update", "Hardware>Laptop"),
    ("Cannot print to the second floor", "Hardware>Printer"),
    (
        "Outlook asks for the password again and again",
        "Software>Microsoft 365",
    ),
    ("Wi-Fi drops in the meeting room", "Network>Wi-Fi"),
    ("Suspicious e-mail received", "Security"),
    ("New starter on Monday, please set up", "Software>Microsoft 365"),
    ("Running drive is slow", "Network"),
    ("Teams call has no sound", "Software>Microsoft 365"),
    ("Request for a second monitor", "Hardware"),
    ("VPN does not connect from home", "Network"),
];
