//! From a story to the ticket that HaloPSA would have.

use super::{
    Customers, Seed,
    customers::Customer,
    dice::Dice,
    story::{
        DAY, DISQUALIFIED, DO_NOT_CONTACT, INVALID, LOST, NEGOTIATION, NEW_OPPORTUNITY, PROGRESSING, PROSPECTING,
        QUALIFIED, RESEARCHING, Sale, Story, WON, stage_at,
    },
    texts,
};
use crate::{
    config::{Config, LEAD_SOURCES, PROSPECT},
    record::{Cell, Moment, Record},
    schema::ticket,
    tenant::{PLACEHOLDER, Tenant, id_to_guid},
};

impl Seed {
    /// The row of one ticket.
    pub(super) fn ticket(&self, id: i64, story: u32, customers: &Customers, tenant: &Tenant) -> Record {
        let number = u64::from(story);
        let mut record = if story < self.tickets {
            let story = self.setting.sale(number);
            let mut dice = Dice::new(self.setting.seed, 6, number);
            self.sales_ticket(id, &story, customers, &mut dice, &tenant.config)
        } else {
            let (story, facts) = self.setting.service(number - u64::from(self.tickets));
            let mut record = blank(id, &story);
            record.set_int(ticket::TICKETTYPE_ID, facts.ticket_type);
            record.set_int(ticket::STATUS_ID, facts.status);
            record.set_text(ticket::TEAM, "1st Line Support");
            record.set_text(ticket::SUMMARY, facts.summary);
            record.set_text(ticket::DETAILS, format!("{}. Please have a look.", facts.summary));
            record.set_text(ticket::CATEGORY_1, facts.category);
            let last = customers.last_key_value().map_or(1, |(number, _)| *number);
            let customer = customers
                .range(facts.client % (last + 1)..)
                .next()
                .map(|(_, customer)| customer);
            place(&mut record, customer, None);
            if facts.status == 9
                && let Some(closed) = story.events.last()
            {
                record.set_date(ticket::DATECLOSED, closed.at);
            }
            record
        };
        record.set_text(ticket::GUID, id_to_guid("ticket", id));
        record.shrink();
        record
    }

    fn sales_ticket(&self, id: i64, story: &Story, customers: &Customers, dice: &mut Dice, config: &Config) -> Record {
        let mut record = blank(id, story);
        let Some(sale) = &story.sale else { return record };
        let stage = stage_at(sale.stage);
        let (company, person) = (&sale.company, &sale.person);
        record.set_int(ticket::TICKETTYPE_ID, stage.ticket_type);
        record.set_int(ticket::STATUS_ID, stage.status);
        let team = if stage.ticket_type >= PROSPECT {
            "Sales"
        } else {
            "Sales Development"
        };
        record.set_text(ticket::TEAM, team);
        record.set_text(ticket::SUMMARY, format!("{} - {}", person.name(), company.name));
        if stage.exit {
            record.set_date(ticket::DATECLOSED, sale.since);
        }
        let customer = customers.get(&company.number).filter(|_| sale.is_client);
        place(&mut record, customer, Some(sale.nth));

        record.set_text(ticket::OPPCONTACTNAME, person.name());
        record.set_text(ticket::OPPCOMPANYNAME, company.name.as_str());
        record.set_text(ticket::OPPJOBTITLE, person.title);
        if !dice.chance(6) {
            record.set_text(ticket::OPPEMAILADDRESS, person.email.as_str());
        }
        // Typed by different people: as in the country, or for callers from abroad, with or without spaces.
        let phone = match dice.below(6) {
            0 => company.phone_abroad.clone(),
            1 => company.phone_abroad.replace(' ', ""),
            2 => format!("{} ext {}", company.phone, dice.between(10, 89)),
            _ => company.phone.clone(),
        };
        record.set_text(ticket::OPPTEL, phone);
        record.set_text(ticket::OPPADDR1, company.street.as_str());
        record.set_text(ticket::OPPADDR3, company.town);
        record.set_text(ticket::OPPPOSTCODE, company.postcode.as_str());
        record.set_text(ticket::OPPCOUNTRY, company.country.name);
        if dice.chance(9) {
            record.set_text(ticket::TICKET_TAGS, dice.pick(texts::TAGS));
        }
        let source = lead_source(dice);
        record.set_text(ticket::OPPHEAR, source);
        record.set_text(
            ticket::DETAILS,
            format!("New lead from {source}: {} at {}.", person.name(), company.name),
        );
        let mut fields = Fields {
            record: &mut record,
            config,
        };
        fields.lead(sale, story, source, dice);
        if sale.stage >= PROSPECTING {
            fields.qualification(sale, dice);
        }
        if stage.ticket_type >= PROSPECT {
            deal(&mut record, sale, self.setting.end, config, dice);
        }
        record
    }
}

/// What all tickets of the sample data have.
fn blank(id: i64, story: &Story) -> Record {
    let last = story.events.last().map_or(story.created, |event| event.at);
    let mut record = Record::new(id, last);
    record.set_int(ticket::AGENT_ID, story.owner);
    record.set_int(ticket::SLA_ID, 1);
    record.set_int(ticket::PRIORITY_ID, 3);
    record.set_date(ticket::DATEOCCURRED, story.created);
    record.set_date(ticket::DATECREATED, story.created);
    record.set_date(ticket::LASTACTIONDATE, last);
    record
}

/// Puts a ticket at its customer, or at "Unknown".
fn place(record: &mut Record, customer: Option<&Customer>, nth: Option<u64>) {
    let user = customer.and_then(|customer| customer.users.get(&nth).or(customer.users.get(&None)));
    record.set_int(
        ticket::CLIENT_ID,
        customer.map_or(PLACEHOLDER, |customer| customer.client),
    );
    record.set_int(ticket::SITE_ID, customer.map_or(PLACEHOLDER, |customer| customer.site));
    record.set_int(ticket::USER_ID, user.copied().unwrap_or(PLACEHOLDER));
}

/// The first ones are the commonest.
fn lead_source(dice: &mut Dice) -> &'static str {
    let upto = match dice.below(10) {
        0..4 => 2,
        4..8 => 4,
        _ => LEAD_SOURCES.len(),
    };
    dice.pick(LEAD_SOURCES.get(..upto).unwrap_or(LEAD_SOURCES))
}

/// Writes custom fields by name.
struct Fields<'a> {
    record: &'a mut Record,
    config: &'a Config,
}

impl Fields<'_> {
    /// Stores a value; a field that the tenant lacks is left out.
    fn put(&mut self, key: &str, cell: Cell) {
        if let Some(field) = self
            .config
            .fields
            .iter()
            .find(|field| field.name.strip_prefix("CF") == Some(key))
        {
            self.record.set_custom(field.id, Some(cell));
        }
    }

    fn text(&mut self, key: &str, text: impl Into<Box<str>>) {
        self.put(key, Cell::Text(text.into()));
    }

    /// Stores an option by its text.
    fn option(&mut self, key: &str, text: &str) {
        let field = self
            .config
            .fields
            .iter()
            .find(|field| field.name.strip_prefix("CF") == Some(key));
        if let Some(id) = field.and_then(|field| field.option_id(text)) {
            self.put(key, Cell::Int(id));
        }
    }

    fn lead(&mut self, sale: &Sale, story: &Story, source: &'static str, dice: &mut Dice) {
        let (company, person) = (&sale.company, &sale.person);
        let created = story.created;
        self.option("leadSource", source);
        self.text("industry", company.industry);
        self.text("headcount", company.headcount.to_string());
        self.text("website", format!("https://www.{}", company.domain));
        self.text("location", company.location());
        if !person.mobile.is_empty() {
            self.text("mobilePhone", person.mobile.as_str());
        }
        if dice.chance(70) {
            self.put("employeeRange", Cell::Int(company.employee_range()));
            self.put("revenueRange", Cell::Int(company.revenue_range()));
            self.put("managementLevel", Cell::Int(person.level));
            self.put("department", Cell::Int(person.department));
            self.text("foundedYear", company.founded.to_string());
        }
        if dice.chance(45) {
            let stack = [
                dice.pick(texts::STACK),
                dice.pick(texts::STACK),
                dice.pick(texts::STACK),
            ];
            self.text("technologyStack", join(&stack));
        }
        if dice.chance(40) {
            self.text("growthSignals", dice.pick(texts::GROWTH));
            self.text("intentSignals", dice.pick(texts::INTENT));
        }
        if dice.chance(30) {
            self.text("projectPipelines", dice.pick(texts::PROJECTS));
            let handle = format!("{}-{}", person.first, person.last)
                .to_lowercase()
                .replace(' ', "-");
            self.text("linkedinUrl", format!("https://linkedin.example/in/{handle}"));
        }
        if sale.stage >= RESEARCHING && dice.chance(60) {
            self.text("publicResearch", dice.pick(texts::RESEARCH));
        }
        if matches!(source, "Website") {
            let form = dice.pick(&["Quote request", "Partnership", "Contact", "Contact", "Newsletter"]);
            self.option("captureForm", form);
            self.text("utmSource", dice.pick(&["google", "bing", "linkedin", "newsletter"]));
            self.text("utmMedium", dice.pick(&["cpc", "organic", "email", "social"]));
            self.put("gdprConsent", Cell::Bool(true));
            self.put("gdprConsentAt", Cell::Date(noon(created)));
            self.text("gdprConsentSource", "Web form");
            self.option("lawfulBasis", "Consent");
        } else {
            self.option("lawfulBasis", "Legitimate interests");
        }
        match sale.stage {
            DO_NOT_CONTACT => {
                self.put("doNotContact", Cell::Bool(true));
                self.option(
                    "doNotContactReason",
                    dice.pick(&["Opt-out", "Opt-out", "Opt-out", "Legal"]),
                );
                self.put("optOutDate", Cell::Date(noon(sale.since)));
            }
            INVALID => self.text("invalidFields", dice.pick(&["3", "4", "3,4", "8", "2,3"])),
            _ => {}
        }
    }

    fn qualification(&mut self, sale: &Sale, dice: &mut Dice) {
        let complete = sale.stage >= QUALIFIED && sale.stage != DISQUALIFIED;
        if complete || dice.chance(60) {
            self.text("painPoints", dice.pick(texts::PAIN));
            self.text(
                "qualifiedServices",
                join(&[dice.pick(texts::SERVICES), dice.pick(texts::SERVICES)]),
            );
        }
        if complete || dice.chance(50) {
            self.text(
                "decisionMaker",
                format!("{}, {}", sale.person.name(), sale.person.title),
            );
            self.text("timeframe", dice.pick(texts::TIMEFRAMES));
        }
        if complete || dice.chance(35) {
            self.text("budgetRange", dice.pick(texts::BUDGETS));
        }
        let score = match sale.stage {
            _ if complete => dice.between(70, 98),
            DISQUALIFIED => dice.between(15, 62),
            _ => dice.between(40, 85),
        };
        self.text("fitScore", score.to_string());
    }
}

/// Value, probability, close date, competitors and reasons of a prospect or an opportunity.
fn deal(record: &mut Record, sale: &Sale, end: Moment, config: &Config, dice: &mut Dice) {
    let opportunity = sale.stage >= NEW_OPPORTUNITY;
    if !opportunity && !dice.chance(50) {
        return;
    }
    // A year of support for everybody, and a project now and then; large companies negotiate.
    let users = sale.company.headcount.min(60 + sale.company.headcount / 6);
    let yearly = users * dice.between(28, 62) * 12;
    let project = if dice.chance(45) { dice.between(8, 160) * 250 } else { 0 };
    let value = ((yearly + project) / 50 * 50).max(900);
    let probability = match sale.stage {
        NEW_OPPORTUNITY => dice.between(4, 7) * 5,
        PROGRESSING => dice.between(8, 12) * 5,
        NEGOTIATION => dice.between(12, 18) * 5,
        WON => 100,
        LOST => 0,
        _ => dice.between(2, 4) * 5,
    };
    let close = match sale.stage {
        WON | LOST => sale.since,
        // Some dates have slipped into the past, as they do.
        _ => end + (dice.wait(40) - 6) * DAY,
    };
    record.set(ticket::OPPVALUE, number(value));
    record.set(ticket::OPPVALUE_ANNUAL, number(yearly));
    record.set(ticket::OPPVALUE_ONEOFF, number(project));
    record.set(ticket::OPPCONVERSIONPROBABILITY, number(probability));
    record.set(ticket::OPPVALUEADJUSTED, number(value * probability / 100));
    record.set_date(ticket::TARGETDATE, noon(close));
    if !opportunity {
        return;
    }
    let mut fields = Fields { record, config };
    let products = join(&[
        dice.pick(texts::SERVICES),
        dice.pick(texts::SERVICES),
        dice.pick(texts::SERVICES),
    ]);
    fields.text("productsServices", products);
    if sale.stage >= PROGRESSING {
        fields.text(
            "quotesProposals",
            format!("Proposal Q-{}: {value} in the first year.", 4000 + sale.company.number),
        );
    }
    if sale.stage == WON {
        let agreed = value / 100 * dice.between(90, 100);
        fields.text("finalValue", agreed.to_string());
    }
    if dice.chance(65) {
        record.set_text(ticket::OPPCOMPETITORS, dice.pick(texts::COMPETITORS));
    }
    match sale.stage {
        WON => record.set_text(ticket::OPPREASON, dice.pick(texts::WON)),
        LOST => record.set_text(ticket::OPPREASON, dice.pick(texts::LOST)),
        _ => {}
    }
}

/// Noon of a day, as date-only fields are kept.
fn noon(at: Moment) -> Moment {
    at.div_euclid(DAY) * DAY + DAY / 2
}

#[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53")]
fn number(amount: i64) -> Cell {
    Cell::Num(amount as f64)
}

/// Different words in one line.
fn join(words: &[&'static str]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for word in words {
        if !seen.contains(word) {
            seen.push(word);
        }
    }
    seen.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::story::STAGES;

    #[test]
    fn the_stages_of_a_thousand_sales_are_complete() {
        let (seed, _) = Seed::new(7, 0, 0);
        let mut seen = [0_usize; STAGES.len()];
        for k in 0..1000 {
            if let Some(count) = seen.get_mut(seed.setting.stage_of(k)) {
                *count += 1;
            }
        }
        assert_eq!(
            seen,
            [140, 90, 120, 60, 130, 30, 50, 40, 60, 30, 60, 30, 40, 30, 50, 40]
        );
    }
}
