//! Which set of data is meant: the HaloPSA that was connected first, another one, or the sample data.
//!
//! A profile is a folder with a database and a key of its own, so two tenants can never mix. Beside the database lies
//! `about.json` with the tenant's address, which is no secret, so that profiles can be told apart without opening them.

use std::{fmt, fs, io, str::FromStr};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    home::{Home, ProfileFolder, write_private},
    secrets::keys,
};

/// The longest name, in letters: it becomes a folder and part of the names in the keychain.
const LONGEST: usize = 40;

/// Names that no file may have on Windows.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Which set of data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The HaloPSA that was connected first.
    Tenant,
    /// Another HaloPSA.
    Named(ProfileName),
    /// The sample tenant.
    Demo,
}

impl Profile {
    /// The name of its folder, and of its entries in the keychain.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Tenant => "tenant",
            Self::Named(name) => &name.0,
            Self::Demo => "demo",
        }
    }

    /// Whether it is the sample tenant.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        *self == Self::Demo
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Profile {
    type Err = BadName;

    /// The profile of a HaloPSA, by its name. The sample tenant has none.
    fn from_str(text: &str) -> Result<Self, BadName> {
        match text.trim() {
            "tenant" => Ok(Self::Tenant),
            "demo" => Err(BadName {
                reason: "“demo” is the name of the sample data.",
            }),
            name => ProfileName::new(name).map(Self::Named),
        }
    }
}

/// The name of a further HaloPSA: small letters, digits and hyphens, so that it is one folder on every system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileName(String);

impl ProfileName {
    fn new(name: &str) -> Result<Self, BadName> {
        let bad = |reason| Err(BadName { reason });
        if name.is_empty() {
            return bad("A name is needed, such as “acme”.");
        }
        if name.len() > LONGEST {
            return bad("The name is too long: 40 letters are enough.");
        }
        let plain = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !plain || name.starts_with('-') || name.ends_with('-') {
            return bad("The name may have small letters, digits and hyphens between them, such as “acme-uk”.");
        }
        let port = |prefix| {
            name.strip_prefix(prefix)
                .is_some_and(|rest: &str| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
        };
        if DEVICES.contains(&name) || port("com") || port("lpt") {
            return bad("Windows keeps this name for itself. Choose another one.");
        }
        Ok(Self(name.to_owned()))
    }
}

/// It cannot be the name of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct BadName {
    /// A sentence for a person.
    pub reason: &'static str,
}

/// There is no profile of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile called {name}")]
pub struct NoProfile {
    pub name: String,
}

/// A profile of a HaloPSA, as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProfileView {
    pub name: String,
    /// `https://acme.halopsa.com`, or empty while nothing has been connected.
    pub address: String,
    /// Shown now, or the one that is used when nobody says which.
    pub current: bool,
}

/// The content of `about.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct About {
    address: String,
}

/// Every profile of a HaloPSA that has data, the first one first, then by name; and the current one even without.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(home: &Home, current: &Profile) -> io::Result<Vec<ProfileView>> {
    let mut names = vec![Profile::Tenant];
    names.extend(home.named_profiles()?);
    if !current.is_demo() && !names.contains(current) {
        names.push(current.clone());
    }
    let views = names.into_iter().filter_map(|profile| {
        let folder = home.existing_profile(&profile).filter(|folder| !keys::is_new(folder));
        let is_current = profile == *current;
        // One that is shown before anything was connected is there all the same.
        (is_current || folder.is_some()).then(|| ProfileView {
            name: profile.key().to_owned(),
            address: folder.map(|folder| read_about(&folder).address).unwrap_or_default(),
            current: is_current,
        })
    });
    Ok(views.collect())
}

/// The profile of that name, if it has data.
///
/// # Errors
/// [`BadName`] or [`NoProfile`].
pub fn find(home: &Home, name: &str) -> anyhow::Result<Profile> {
    let profile: Profile = name.parse()?;
    match home.existing_profile(&profile) {
        Some(folder) if !keys::is_new(&folder) => Ok(profile),
        _ => Err(NoProfile { name: name.to_owned() }.into()),
    }
}

/// Remembers which HaloPSA a profile is connected to. Best effort: without it the list shows no address.
pub fn remember_address(folder: &ProfileFolder, address: &str) {
    if folder.profile().is_demo() || read_about(folder).address == address {
        return;
    }
    let about = About {
        address: address.to_owned(),
    };
    let written = serde_json::to_vec(&about)
        .map_err(io::Error::from)
        .and_then(|json| write_private(&folder.about_file(), &json));
    if let Err(error) = written {
        tracing::warn!(app.error = %error, "the list of profiles will not show this address");
    }
}

fn read_about(folder: &ProfileFolder) -> About {
    fs::read(folder.about_file())
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folders_on_every_system() {
        for good in ["acme", "acme-uk", "42", "tenant", "com", "com10", "console"] {
            let profile: Profile = good.parse().expect(good);
            assert_eq!(profile.key(), good);
        }
        for bad in [
            "", "Acme", "a/b", "..", ".", "a b", "-a", "a-", "é", "con", "nul", "com1", "lpt9", "demo", "a\\b",
        ] {
            let error = bad.parse::<Profile>().expect_err(bad);
            assert!(error.reason.ends_with('.'), "{bad}: {error}");
        }
        assert!("a".repeat(41).parse::<Profile>().is_err());
        assert_eq!(
            " acme ".parse::<Profile>().map(|profile| profile.to_string()),
            Ok("acme".to_owned())
        );
    }

    #[test]
    fn profiles_with_data_are_listed_and_found() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let home = Home::at(scratch.path())?;
        let tenant = Profile::Tenant;
        assert_eq!(list(&home, &Profile::Demo)?, []);
        assert!(find(&home, "acme").is_err());

        for name in ["zebra", "acme"] {
            let folder = home.profile(&name.parse()?)?;
            fs::write(folder.database(), b"x")?;
            remember_address(&folder, &format!("https://{name}.halopsa.com"));
        }
        fs::create_dir_all(scratch.path().join("tenants/Not A Profile"))?;
        // Made, but nothing was ever connected there.
        home.profile(&"empty".parse()?)?;
        let names = |current: &Profile| -> anyhow::Result<Vec<String>> {
            Ok(list(&home, current)?.into_iter().map(|view| view.name).collect())
        };
        assert_eq!(names(&Profile::Demo)?, ["acme", "zebra"]);
        assert_eq!(names(&"new".parse()?)?, ["acme", "zebra", "new"]);
        fs::write(home.profile(&tenant)?.database(), b"x")?;
        assert_eq!(names(&tenant)?, ["tenant", "acme", "zebra"]);
        let views = list(&home, &"zebra".parse()?)?;
        assert_eq!(
            views
                .iter()
                .filter(|view| view.current)
                .map(|view| view.address.as_str())
                .collect::<Vec<_>>(),
            ["https://zebra.halopsa.com"]
        );
        assert_eq!(find(&home, "acme")?.key(), "acme");
        assert!(find(&home, "empty").is_err());
        Ok(())
    }
}
