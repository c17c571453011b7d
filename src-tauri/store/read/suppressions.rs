//! Who must not be contacted: asked by address, answered without one.

use domain::{
    AgentId, SuppressionId, TicketId,
    suppression::{Identity, IdentityKind},
};
use ring::hmac;
use rusqlite::Row;

use super::Reader;
use crate::{Error, Suppression, convert::millis};

/// The setting that holds the key of the ledger. The database is encrypted, so it is as safe as the rest.
pub(crate) const LEDGER_KEY: &str = "suppression_key";

/// The key under which addresses are hashed.
pub(crate) struct Ledger(hmac::Key);

impl Ledger {
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    pub(crate) fn hash(&self, identity: &Identity) -> Vec<u8> {
        hmac::sign(&self.0, identity.canonical().as_bytes()).as_ref().to_vec()
    }
}

const OPEN: &str = "SELECT id, ticket, at, by_agent, reason, shared FROM suppressions";

impl Reader<'_> {
    /// `None` while nobody was ever put into the ledger: then nobody is in it.
    pub(crate) fn ledger(&self) -> Result<Option<Ledger>, Error> {
        Ok(self.setting_get::<[u8; 32]>(LEDGER_KEY)?.as_ref().map(Ledger::of))
    }

    /// The first entry by which one of these is known to be a person who must not be contacted. Mailboxes and lines that
    /// others use as well do not say who it is.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn suppressed_person(&self, identities: &[Identity]) -> Result<Option<Suppression>, Error> {
        let telling = identities.iter().filter(|identity| identity.tells_who());
        self.first_suppression(telling, "hash = ?1 AND shared = 0")
    }

    /// The first entry by which nobody may write to, or dial, one of these, whoever would answer.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn suppressed_address(&self, identities: &[Identity]) -> Result<Option<Suppression>, Error> {
        self.first_suppression(identities.iter(), "hash = ?1")
    }

    fn first_suppression<'i>(
        &self,
        identities: impl Iterator<Item = &'i Identity>,
        which: &str,
    ) -> Result<Option<Suppression>, Error> {
        let mut identities = identities.peekable();
        if identities.peek().is_none() {
            return Ok(None);
        }
        let Some(ledger) = self.ledger()? else { return Ok(None) };
        let sql = format!("{OPEN} WHERE {which} AND lifted_at IS NULL");
        for identity in identities {
            let found = self.first(&sql, [ledger.hash(identity)], suppression_of)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The open entry of exactly this address, shared or not as it is here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn suppression(&self, identity: &Identity) -> Result<Option<Suppression>, Error> {
        let Some(ledger) = self.ledger()? else { return Ok(None) };
        self.first(
            &format!("{OPEN} WHERE hash = ?1 AND shared = ?2 AND lifted_at IS NULL"),
            (ledger.hash(identity), !identity.tells_who()),
            suppression_of,
        )
    }

    /// The open entries that were learned from a ticket, whatever stands on it now.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn suppressions_of(&self, ticket: TicketId) -> Result<Vec<Suppression>, Error> {
        self.list(
            &format!("{OPEN} WHERE ticket = ?1 AND lifted_at IS NULL"),
            [ticket.0],
            suppression_of,
        )
    }

    /// The tickets on which the address stands, or the number with any extension. Whether it is the same person is for
    /// the caller to tell.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn tickets_at(&self, identity: &Identity) -> Result<Vec<TicketId>, Error> {
        let sql = match identity.kind() {
            IdentityKind::Email => {
                "SELECT id FROM tickets WHERE email = ?1 AND email <> '' AND removed = 0 ORDER BY id"
            }
            IdentityKind::Phone => {
                "SELECT DISTINCT tickets.id FROM ticket_values JOIN tickets ON tickets.id = ticket_values.ticket
                 WHERE json_extract(ticket_values.value, '$.value.e164') = ?1
                   AND ticket_values.field IN ('phone', 'mobile_phone') AND tickets.removed = 0
                 ORDER BY tickets.id"
            }
        };
        self.list(sql, [identity.address()], |row| Ok(TicketId(row.get(0)?)))
    }
}

fn suppression_of(row: &Row<'_>) -> Result<Suppression, Error> {
    Ok(Suppression {
        id: SuppressionId(row.get("id")?),
        ticket: TicketId(row.get("ticket")?),
        since: millis(row.get("at")?),
        by: row.get::<_, Option<i64>>("by_agent")?.map(AgentId),
        reason: row.get("reason")?,
        shared: row.get("shared")?,
    })
}
