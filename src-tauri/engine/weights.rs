//! How much agreement is worth in linkage: the shipped weights, or own ones that were estimated from what is here.
//!
//! Own weights are kept under the names of aspects, so that a later version with other aspects still reads them; what has
//! no own weight is as shipped. Imports and the look for duplicates use what is kept. When it changes, every ticket is
//! compared anew, so that the queue holds what the weights in use say.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use linkage::{
    Prepared, Record,
    compare::Aspect,
    estimate::{self, Basis, Estimate, FEWEST_MATCHES},
    record::Kind,
    weights::{SHIPPED, Weights, Worth},
};
use serde::{Deserialize, Serialize};
use store::Reader;

use crate::{
    Engine, Problem,
    views::{AspectWeights, Bits, KindWeights, WeightsView},
};

/// The name of the setting.
const WEIGHTS: &str = "linkage_weights";

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    at: DateTime<Utc>,
    from: String,
    persons: KeptKind,
    organisations: KeptKind,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct KeptKind {
    pairs: u64,
    matches: u64,
    /// By the keys of aspects.
    aspects: BTreeMap<String, KeptAspect>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct KeptAspect {
    pairs: u64,
    own: Option<Bits>,
}

impl Engine {
    /// The weights in use.
    ///
    /// # Errors
    /// The store's failures.
    pub fn linkage_weights(&self) -> anyhow::Result<WeightsView> {
        let kept = self.store().read(kept)?;
        Ok(view(kept.as_ref()))
    }

    /// Estimates weights from all tickets that are here. Reads and compares all of them, so it is nothing for a click.
    ///
    /// # Errors
    /// The store's failures.
    pub fn estimate_weights(&self) -> anyhow::Result<Estimate> {
        let mut people: Vec<Prepared> = Vec::new();
        self.store().read(|reader| {
            reader.each_person(&Record::FIELDS, |_, held| -> Result<(), store::Error> {
                let values = held.iter().map(|(field, value)| (*field, value));
                people.push(Prepared::of(&Record::from_values(values)));
                Ok(())
            })
        })?;
        Ok(estimate::estimate(&[(&people, &[])]))
    }

    /// Uses estimated weights from now on. `from` says what they were estimated from.
    ///
    /// # Errors
    /// [`Problem::Refused`] when they rest on too little.
    pub fn keep_weights(&self, estimate: &Estimate, from: &str) -> anyhow::Result<WeightsView> {
        refuse_too_little(estimate)?;
        let kept = Kept::of(estimate, from, self.now());
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.setting_set(WEIGHTS, &kept)?;
            w.compare_everybody()?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(view(Some(&kept)))
    }

    /// Uses the shipped weights again. Returns whether there were others.
    ///
    /// # Errors
    /// The store's failures.
    pub fn forget_weights(&self) -> anyhow::Result<bool> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<bool> {
            if kept(w)?.is_none() {
                return Ok(false);
            }
            w.setting_set(WEIGHTS, &None::<Kept>)?;
            w.compare_everybody()?;
            Ok(true)
        })?;
        self.publish(written.changes);
        Ok(written.value)
    }
}

/// An estimate beside the shipped weights, without keeping it.
///
/// # Errors
/// [`Problem::Refused`] when it rests on too little.
pub fn show_weights(estimate: &Estimate, from: &str, at: DateTime<Utc>) -> anyhow::Result<WeightsView> {
    refuse_too_little(estimate)?;
    Ok(view(Some(&Kept::of(estimate, from, at))))
}

/// The weights that records are compared by.
pub(crate) fn in_use(reader: &Reader<'_>) -> Result<Weights, store::Error> {
    let mut weights = SHIPPED;
    if let Some(kept) = kept(reader)? {
        for (table, kind) in [
            (&mut weights.person, &kept.persons),
            (&mut weights.organisation, &kept.organisations),
        ] {
            for (aspect, worth) in Aspect::ALL.iter().zip(table) {
                if let Some(own) = kind.aspects.get(aspect.key()).and_then(|aspect| aspect.own) {
                    *worth = Worth::from([own.same, own.close, own.loose, own.different]);
                }
            }
        }
    }
    Ok(weights)
}

fn kept(reader: &Reader<'_>) -> Result<Option<Kept>, store::Error> {
    Ok(reader.setting_get::<Option<Kept>>(WEIGHTS)?.flatten())
}

/// Says how little it is.
fn refuse_too_little(estimate: &Estimate) -> Result<(), Problem> {
    if estimate.is_enough() {
        return Ok(());
    }
    if [&estimate.persons, &estimate.organisations]
        .iter()
        .any(|basis| basis.has_strayed() && basis.matches >= FEWEST_MATCHES)
    {
        return Err(Problem::Refused {
            reason: "There is too little to learn from: hardly anybody seems to be here twice, and what is alike are \
                     colleagues and namesakes rather than the same people. Name a file with people in common."
                .to_owned(),
        });
    }
    let of = |basis: &Basis, what: &str| {
        format!(
            "{} of {} pairs of {what} that share something look like matches",
            whole(basis.matches),
            whole(basis.pairs)
        )
    };
    Err(Problem::Refused {
        reason: format!(
            "There is too little to learn from: {}, and {}. It takes {} matches of one kind.",
            of(&estimate.persons, "people"),
            of(&estimate.organisations, "organisations"),
            whole(FEWEST_MATCHES)
        ),
    })
}

impl Kept {
    fn of(estimate: &Estimate, from: &str, at: DateTime<Utc>) -> Self {
        let kind = |basis: &Basis, table: &[Worth]| KeptKind {
            pairs: whole(basis.pairs),
            matches: whole(basis.matches),
            aspects: Aspect::ALL
                .iter()
                .zip(table)
                .zip(basis.known.iter().zip(basis.own))
                .map(|((aspect, worth), (known, own))| {
                    let aspect_kept = KeptAspect {
                        pairs: whole(*known),
                        own: own.then(|| bits(*worth)),
                    };
                    (aspect.key().to_owned(), aspect_kept)
                })
                .collect(),
        };
        Self {
            at,
            from: from.to_owned(),
            persons: kind(&estimate.persons, &estimate.weights.person),
            organisations: kind(&estimate.organisations, &estimate.weights.organisation),
        }
    }
}

fn view(kept: Option<&Kept>) -> WeightsView {
    let kind = |kept: Option<&KeptKind>, kind: Kind| KindWeights {
        pairs: kept.map_or(0, |kept| kept.pairs),
        matches: kept.map_or(0, |kept| kept.matches),
        aspects: Aspect::ALL
            .into_iter()
            .filter_map(|aspect| {
                let shipped = SHIPPED.worth(kind, aspect);
                // An organisation has no first name.
                (shipped.grades() != [0.0; 4]).then(|| {
                    let kept = kept.and_then(|kept| kept.aspects.get(aspect.key()));
                    AspectWeights {
                        aspect: aspect.key().to_owned(),
                        label: aspect.label().to_owned(),
                        pairs: kept.map_or(0, |kept| kept.pairs),
                        shipped: bits(shipped),
                        own: kept.and_then(|kept| kept.own),
                    }
                })
            })
            .collect(),
    };
    WeightsView {
        estimated_at: kept.map(|kept| kept.at),
        from: kept.map(|kept| kept.from.clone()).unwrap_or_default(),
        persons: kind(kept.map(|kept| &kept.persons), Kind::Person),
        organisations: kind(kept.map(|kept| &kept.organisations), Kind::Organisation),
    }
}

fn bits(worth: Worth) -> Bits {
    let [same, close, loose, different] = worth.grades();
    Bits {
        same,
        close,
        loose,
        different,
    }
}

/// A count that was added up as a share.
fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of pairs, which is never negative"
    )]
    let whole = count.round() as u64;
    whole
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Lifecycle, fields::keys};
    use store::{Key, Store};

    use super::*;
    use crate::{MemoryVault, NewTicketRequest, Options, Parts, SystemClock};

    fn engine(home: &tempfile::TempDir) -> Engine {
        let store = Store::open(&home.path().join("leadline.db"), &Key::random().unwrap()).unwrap();
        Engine::new(Parts {
            store,
            clock: Arc::new(SystemClock),
            vault: Arc::new(MemoryVault::default()),
            options: Options::default(),
        })
        .unwrap()
    }

    /// Invented people; the second list knows every one of them, some with another town.
    fn lists() -> [Vec<Prepared>; 2] {
        let person = |number: usize, again: bool| {
            let letters: String = (0..4)
                .map(|at| char::from(b'a' + u8::try_from((number >> (at * 2)) % 4 * 5 + at).unwrap()))
                .collect();
            Prepared::of(&Record {
                first_name: ["Anna", "Bernd", "Carla", "David"][number % 4].to_owned(),
                last_name: format!("Mc{letters}son"),
                emails: vec![format!("{letters}.{number}@gmail.com")],
                city: ["Leeds", "York", "Derby"][(number + usize::from(again && number.is_multiple_of(5))) % 3]
                    .to_owned(),
                ..Record::default()
            })
        };
        [false, true].map(|again| (0..400).map(|number| person(number, again)).collect())
    }

    #[test]
    fn own_weights_are_kept_used_and_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        let shipped = engine.linkage_weights().unwrap();
        assert_eq!(shipped.estimated_at, None);
        let [old, new] = lists();
        let estimate = estimate::estimate(&[(&old, &new)]);
        let view = engine.keep_weights(&estimate, "two lists").unwrap();
        assert_eq!(view, engine.linkage_weights().unwrap());
        assert_eq!(view.from, "two lists");
        assert!(view.persons.matches >= 350 && view.persons.pairs >= view.persons.matches);
        let of = |label: &str| view.persons.aspects.iter().find(|row| row.label == label).unwrap();
        assert!(of("City").own.is_some() && of("City").pairs > 350);
        assert_eq!((of("Phone").own, of("Phone").pairs), (None, 0), "nobody has one");
        assert_eq!(engine.store().read(in_use).unwrap(), estimate.weights);

        assert!(engine.forget_weights().unwrap());
        assert_eq!(engine.linkage_weights().unwrap(), shipped);
        assert_eq!(engine.store().read(in_use).unwrap(), SHIPPED);
        assert!(!engine.forget_weights().unwrap(), "there is nothing to forget");
    }

    #[test]
    fn everybody_is_compared_anew_when_the_weights_change_and_too_little_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let engine = engine(&home);
        for name in ["Jane Doe", "Max Roe"] {
            engine
                .create_ticket(&NewTicketRequest {
                    lifecycle: Lifecycle::Lead,
                    values: [
                        (keys::PERSON_NAME, name.to_owned()),
                        (keys::COMPANY_NAME, "Acme Ltd".to_owned()),
                        (
                            keys::EMAIL,
                            format!("{}@acme.example", name.replace(' ', ".").to_lowercase()),
                        ),
                    ]
                    .into(),
                    owner: None,
                })
                .unwrap();
        }
        let looked_at = || engine.find_duplicates().unwrap().looked_at;
        assert_eq!((looked_at(), looked_at()), (2, 0));
        let own = engine.estimate_weights().unwrap();
        let refused = engine.keep_weights(&own, "the tickets here").unwrap_err();
        let Some(Problem::Refused { reason }) = refused.downcast_ref() else {
            panic!("{refused}");
        };
        assert!(
            reason.contains("too little") && reason.contains("takes 100 matches"),
            "{reason}"
        );
        assert_eq!(looked_at(), 0);
        let [old, new] = lists();
        engine
            .keep_weights(&estimate::estimate(&[(&old, &new)]), "two lists")
            .unwrap();
        assert_eq!(looked_at(), 2);
    }
}
