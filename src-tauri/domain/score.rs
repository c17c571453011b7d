//! The lead score: how warm a lead is, and why.
//!
//! Three things add up: the form through which the lead came in, how well the profile fits us, and what the person has
//! done since. A week without any activity takes a tenth away. Every point has a reason that can be shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{FieldKey, Value, fields::keys};

/// What is known of the person's activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivitySummary {
    pub emails_opened: u32,
    pub links_clicked: u32,
    pub replies: u32,
    pub calls_connected: u32,
    pub meetings: u32,
    /// When something last happened; the lead's creation when nothing has. `None` means no decay.
    pub last_at: Option<DateTime<Utc>>,
}

/// A score from 0 to 100 and one sentence for every part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadScore {
    pub score: u8,
    pub reasons: Vec<String>,
}

/// The weights. The default is the built-in one; all may be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreRules {
    /// Points for a capture form, by its option's text.
    pub capture_form: Vec<(String, u8)>,
    /// Industries we know well, by a word of their name.
    pub industries: Vec<String>,
    pub industry_points: u8,
    /// Employees, both inclusive.
    pub headcount: (i64, i64),
    pub headcount_points: u8,
    /// Points for seniority, by the option's text of the management level.
    pub seniority: Vec<(String, u8)>,
    pub email_opened: u8,
    pub link_clicked: u8,
    pub reply: u8,
    pub call_connected: u8,
    pub meeting: u8,
    /// Percent of the score that a full week without activity takes.
    pub weekly_decay: u8,
}

impl Default for ScoreRules {
    fn default() -> Self {
        let points = |list: &[(&str, u8)]| {
            list.iter()
                .map(|(text, points)| ((*text).to_owned(), *points))
                .collect()
        };
        Self {
            capture_form: points(&[
                ("Quote request", 80),
                ("Partnership", 70),
                ("Contact", 50),
                ("Newsletter", 30),
            ]),
            industries: ["health", "legal", "financ", "manufactur", "retail"]
                .map(str::to_owned)
                .to_vec(),
            industry_points: 10,
            headcount: (10, 1000),
            headcount_points: 10,
            seniority: points(&[("C-Suite", 15), ("VP", 12), ("Director", 10), ("Manager", 5)]),
            email_opened: 5,
            link_clicked: 10,
            reply: 10,
            call_connected: 15,
            meeting: 20,
            weekly_decay: 10,
        }
    }
}

/// The score by the built-in weights.
#[must_use]
pub fn lead_score(values: &BTreeMap<FieldKey, Value>, activity: &ActivitySummary, now: DateTime<Utc>) -> LeadScore {
    ScoreRules::default().score(values, activity, now)
}

impl ScoreRules {
    /// The score by these weights. The sum is cut to 100 before it decays, so that silence shows on the warmest leads too.
    #[must_use]
    pub fn score(
        &self,
        values: &BTreeMap<FieldKey, Value>,
        activity: &ActivitySummary,
        now: DateTime<Utc>,
    ) -> LeadScore {
        let mut sum = Sum::default();
        self.add_form(values, &mut sum);
        self.add_profile(values, &mut sum);
        for (count, points, what) in [
            (
                activity.emails_opened,
                self.email_opened,
                ("e-mail opened", "e-mails opened"),
            ),
            (
                activity.links_clicked,
                self.link_clicked,
                ("link clicked", "links clicked"),
            ),
            (activity.replies, self.reply, ("reply", "replies")),
            (
                activity.calls_connected,
                self.call_connected,
                ("call connected", "calls connected"),
            ),
            (activity.meetings, self.meeting, ("meeting", "meetings")),
        ] {
            if count > 0 {
                let words = if count == 1 { what.0 } else { what.1 };
                sum.add(u32::from(points).saturating_mul(count), &format!("{count} {words}"));
            }
        }
        let mut score = sum.total.min(100);
        if sum.total > 100 {
            sum.reasons.push("100 is the most there is".to_owned());
        }
        let weeks = activity.last_at.map_or(0, |at| (now - at).num_weeks().max(0));
        if weeks > 0 && score > 0 {
            let kept = f64::from(100 - u32::from(self.weekly_decay.min(100))) / 100.0;
            let cooled = (f64::from(score) * kept.powf(weeks as f64)).round() as u32;
            let for_weeks = if weeks == 1 {
                "a week".to_owned()
            } else {
                format!("{weeks} weeks")
            };
            if cooled < score {
                sum.reasons
                    .push(format!("−{}: {for_weeks} without activity", score - cooled));
            }
            score = cooled;
        }
        LeadScore {
            score: u8::try_from(score).unwrap_or(100),
            reasons: sum.reasons,
        }
    }

    fn add_form(&self, values: &BTreeMap<FieldKey, Value>, sum: &mut Sum) {
        if let Some(Value::Choice(form)) = values.get(&keys::CAPTURE_FORM)
            && let Some((_, points)) = self.capture_form.iter().find(|(name, _)| name == form)
        {
            sum.add(u32::from(*points), &format!("came in through the form “{form}”"));
        }
    }

    fn add_profile(&self, values: &BTreeMap<FieldKey, Value>, sum: &mut Sum) {
        if let Some(Value::Text(industry)) = values.get(&keys::INDUSTRY) {
            let lower = industry.to_lowercase();
            if self.industries.iter().any(|word| lower.contains(word.as_str())) {
                sum.add(u32::from(self.industry_points), &format!("industry: {industry}"));
            }
        }
        let (least, most) = self.headcount;
        if let Some((low, high, words)) = size(values)
            && low >= least
            && high <= most
        {
            sum.add(u32::from(self.headcount_points), &format!("size: {words} employees"));
        }
        if let Some(Value::Choice(level)) = values.get(&keys::MANAGEMENT_LEVEL)
            && let Some((_, points)) = self.seniority.iter().find(|(name, _)| name == level)
        {
            sum.add(u32::from(*points), &format!("seniority: {level}"));
        }
    }
}

/// The company's size, from the headcount or else the range: lowest, highest, and the words.
fn size(values: &BTreeMap<FieldKey, Value>) -> Option<(i64, i64, String)> {
    if let Some(Value::Integer(count)) = values.get(&keys::HEADCOUNT) {
        return Some((*count, *count, count.to_string()));
    }
    let Some(Value::Choice(range)) = values.get(&keys::EMPLOYEE_RANGE) else {
        return None;
    };
    let (low, high) = match range.split_once('-') {
        Some((low, high)) => (low.parse().ok()?, high.parse().ok()?),
        None => (range.trim_end_matches('+').parse().ok()?, i64::MAX),
    };
    Some((low, high, range.clone()))
}

#[derive(Default)]
struct Sum {
    total: u32,
    reasons: Vec<String>,
}

impl Sum {
    fn add(&mut self, points: u32, why: &str) {
        if points > 0 {
            self.total = self.total.saturating_add(points);
            self.reasons.push(format!("+{points}: {why}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn choice(key: FieldKey, text: &str) -> (FieldKey, Value) {
        (key, Value::Choice(text.to_owned()))
    }

    #[test]
    fn nothing_known_is_cold() {
        assert_eq!(
            lead_score(&BTreeMap::new(), &ActivitySummary::default(), noon()),
            LeadScore::default()
        );
    }

    #[test]
    fn the_form_is_the_base() {
        for (form, score) in [
            ("Quote request", 80),
            ("Partnership", 70),
            ("Contact", 50),
            ("Newsletter", 30),
            ("Other", 0),
        ] {
            let values = BTreeMap::from([choice(keys::CAPTURE_FORM, form)]);
            assert_eq!(
                lead_score(&values, &ActivitySummary::default(), noon()).score,
                score,
                "{form}"
            );
        }
    }

    #[test]
    fn profile_and_engagement_add_up_with_their_reasons() {
        let values = BTreeMap::from([
            choice(keys::CAPTURE_FORM, "Newsletter"),
            choice(keys::MANAGEMENT_LEVEL, "Director"),
            choice(keys::EMPLOYEE_RANGE, "51-200"),
            (keys::INDUSTRY, Value::Text("Healthcare".to_owned())),
        ]);
        let activity = ActivitySummary {
            emails_opened: 2,
            calls_connected: 1,
            ..ActivitySummary::default()
        };
        let score = lead_score(&values, &activity, noon());
        assert_eq!(score.score, 30 + 10 + 10 + 10 + 10 + 15);
        assert_eq!(
            score.reasons,
            [
                "+30: came in through the form “Newsletter”",
                "+10: industry: Healthcare",
                "+10: size: 51-200 employees",
                "+10: seniority: Director",
                "+10: 2 e-mails opened",
                "+15: 1 call connected",
            ]
        );
    }

    #[test]
    fn silence_takes_a_tenth_a_week() {
        let values = BTreeMap::from([choice(keys::CAPTURE_FORM, "Quote request")]);
        for (days, score) in [(0, 80), (6, 80), (7, 72), (14, 65), (70, 28)] {
            let activity = ActivitySummary {
                last_at: Some(noon() - TimeDelta::days(days)),
                ..ActivitySummary::default()
            };
            assert_eq!(lead_score(&values, &activity, noon()).score, score, "{days} days");
        }
        let activity = ActivitySummary {
            last_at: Some(noon() - TimeDelta::days(14)),
            ..ActivitySummary::default()
        };
        let reasons = lead_score(&values, &activity, noon()).reasons;
        assert_eq!(
            reasons.last().map(String::as_str),
            Some("−15: 2 weeks without activity")
        );
    }

    proptest! {
        #[test]
        fn the_score_stays_in_its_bounds_and_never_grows_by_waiting(
            opened in 0u32..1000, meetings in 0u32..10, form in 0usize..5, weeks in 0i64..500,
        ) {
            let values = BTreeMap::from([choice(keys::CAPTURE_FORM, crate::fields::CAPTURE_FORMS[form])]);
            let at = |weeks| ActivitySummary {
                emails_opened: opened,
                meetings,
                last_at: Some(noon() - TimeDelta::weeks(weeks)),
                ..ActivitySummary::default()
            };
            let now = lead_score(&values, &at(weeks), noon());
            let later = lead_score(&values, &at(weeks + 1), noon());
            prop_assert!(now.score <= 100 && later.score <= now.score);
            prop_assert_eq!(now.score == 0, now.reasons.is_empty() || weeks > 0 && now.score == 0);
        }
    }
}
